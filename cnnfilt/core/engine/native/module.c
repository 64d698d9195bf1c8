/* The door to the inner loops: the only file that knows Python.
 *
 * Every buffer is held against the windows before a loop sees it: type, alignment, pitch, size, and that no result
 * lies on a source. Whatever does not fit is a ValueError. The loops run without the interpreter's lock. */
#define PY_SSIZE_T_CLEAN
#ifndef Py_LIMITED_API
#define Py_LIMITED_API 0x030B0000 /* the oldest Python that setup.cfg admits */
#endif
#include <Python.h>

#include "native.h"

enum { LARGEST = 1 << 30 }; /* of any number of rows, pixels, strides: products of two stay in 64 bits */

/* Rows of values of one type: one row for an array of one dimension. */
typedef struct {
    Py_buffer view;
    char type;
    size rows, width, pitch;
} Plane;

static int refuse(const char *what, const char *name) {
    PyErr_Format(PyExc_ValueError, "%s %s", name, what);
    return 0;
}

/* The letter of a type of values: that of the buffer, or one for all that are the same; 0 for another. */
static char type_of(const Py_buffer *view) {
    const char *format = view->format ? view->format : "B";
    if (format[0] && format[1]) return 0;
    switch (format[0]) {
    case '?': case 'B': return view->itemsize == 1 ? 'B' : 0;
    case 'h': case 'H': return view->itemsize == 2 ? format[0] : 0;
    case 'i': case 'l': return view->itemsize == 4 ? 'i' : 0;
    case 'I': case 'L': return view->itemsize == 4 ? 'I' : 0;
    case 'f': return view->itemsize == 4 ? 'f' : 0;
    default: return 0;
    }
}

/* Fill in what a buffer holds, whose view has been got; a last dimension that is not close together is refused. */
static int measure(Plane *plane, int dimensions, const char *name) {
    const Py_buffer *view = &plane->view;
    if (view->ndim != dimensions) return refuse("has not as many dimensions as it should", name);
    size values = 1;
    for (int axis = 0; axis < dimensions; axis++) {
        if (view->shape[axis] < 1) return refuse("is empty", name);
        if (view->shape[axis] > LARGEST) return refuse("is too large", name);
        values *= axis ? view->shape[axis] : 1;
    }
    plane->rows = dimensions > 1 ? view->shape[0] : 1;
    plane->width = dimensions > 1 ? values : view->shape[0];
    plane->type = type_of(view);
    if (!plane->type) return refuse("holds values of a type that has no loop", name);
    size step = view->itemsize;
    for (int axis = dimensions - 1, first = dimensions > 1; axis >= first; axis--) {
        if (view->shape[axis] > 1 && view->strides[axis] != step)
            return refuse("has rows whose values are not side by side", name);
        step *= view->shape[axis];
    }
    plane->pitch = plane->width;
    if (dimensions > 1 && plane->rows > 1) {
        if (view->strides[0] % view->itemsize || view->strides[0] < plane->width * view->itemsize)
            return refuse("has rows that overlap, or run backwards", name);
        plane->pitch = view->strides[0] / view->itemsize;
    }
    if ((uintptr_t)view->buf % (size_t)view->itemsize) return refuse("is not aligned", name);
    return 1;
}

/* Whether a plane shares no memory with one that is written. */
static int are_apart(const Plane *plane, const Plane *written, const char *name) {
    const char *from = plane->view.buf, *to = written->view.buf;
    const size ends = ((plane->rows - 1) * plane->pitch + plane->width) * plane->view.itemsize;
    const size written_ends = ((written->rows - 1) * written->pitch + written->width) * written->view.itemsize;
    if ((uintptr_t)from < (uintptr_t)to + (size_t)written_ends && (uintptr_t)to < (uintptr_t)from + (size_t)ends)
        return refuse("lies on the memory of the result", name);
    return 1;
}

/* Open the buffers of `count` objects, the last for writing; 0 with an exception, and nothing left open. */
static int open_planes(PyObject *const *objects, Plane *planes, const int *dimensions, const char *const *names, int count) {
    int opened = 0, good = 1;
    for (; good && opened < count; opened += good) {
        const int flags = PyBUF_STRIDES | PyBUF_FORMAT | (opened == count - 1 ? PyBUF_WRITABLE : 0);
        if (PyObject_GetBuffer(objects[opened], &planes[opened].view, flags) < 0) {
            if (!PyErr_ExceptionMatches(PyExc_ValueError)) {
                PyErr_Clear();
                refuse("is no buffer that can be used here", names[opened]);
            }
            good = 0;
        } else if (!measure(&planes[opened], dimensions[opened], names[opened])) {
            PyBuffer_Release(&planes[opened].view);
            good = 0;
        }
    }
    for (int i = 0; good && i < count - 1; i++) good = are_apart(&planes[i], &planes[count - 1], names[i]);
    if (!good)
        while (opened) PyBuffer_Release(&planes[--opened].view);
    return good;
}

enum { MOST = 7 }; /* buffers of a call */

/* A call of a loop over windows: its buffers, the last of which is the result, and what the numbers after them say. */
typedef struct {
    Plane planes[MOST], *out;
    int count;
    Windows windows;
    size channels, stride[2], dilation[2], sides[2];
    Mapping mapping;
    Target target;
} Call;

/* Read (magnitude, plain, origin, gain, over, base), or None. */
static int read_mapping(Call *call, PyObject *given) {
    Mapping *m = &call->mapping;
    if (!given || given == Py_None) return 1;
    if (!PyArg_ParseTuple(given, "ppdddd", &m->magnitude, &m->plain, &m->origin, &m->gain, &m->over, &m->base)) return 0;
    if (call->out->type != 'B' && call->out->type != 'H') return refuse("must be bytes or words for levels", "out");
    m->level = call->out->type;
    call->target.mapping = m;
    return 1;
}

/* Open the first `count` of the arguments, which are buffers of so many dimensions. */
static int begin(Call *call, PyObject *args, int count, const int *dimensions, const char *const *names) {
    PyObject *objects[MOST];
    if (PyTuple_Size(args) < count) return refuse("are missing", "buffers");
    for (int i = 0; i < count; i++) objects[i] = PyTuple_GetItem(args, i);
    if (!open_planes(objects, call->planes, dimensions, names, count)) return 0;
    call->count = count;
    call->out = &call->planes[count - 1];
    call->target = (Target){call->out->view.buf, call->out->pitch, call->out->type, NULL, NULL, {Py_HUGE_VAL, -Py_HUGE_VAL, 0, 0}};
    return 1;
}

/* Read what stands behind the buffers. */
static int read_rest(const Call *call, PyObject *args, const char *format, ...) {
    va_list places;
    PyObject *rest = PyTuple_GetSlice(args, call->count, PyTuple_Size(args));
    va_start(places, format);
    const int good = rest && PyArg_VaParse(rest, format, places);
    va_end(places);
    Py_XDECREF(rest);
    return good;
}

/* Close what was opened; None, the loss of a mapping, or NULL with an exception. */
static PyObject *end(Call *call, int good, int has_loss) {
    const Loss *loss = &call->target.loss;
    while (call->count) PyBuffer_Release(&call->planes[--call->count].view);
    if (!good) return NULL;
    if (has_loss) return Py_BuildValue("ddnn", loss->lowest, loss->highest, loss->clipped, loss->not_numbers);
    Py_RETURN_NONE;
}

/* Read channels, stride, dilation, padding on the left and on the right[, mapping[, scale]]. */
static int read_places(Call *call, PyObject *args, float *scale) {
    PyObject *mapping = NULL;
    return read_rest(call, args, "n(nn)(nn)(nn)|Of", &call->channels, &call->stride[0], &call->stride[1], &call->dilation[0],
                     &call->dilation[1], &call->sides[0], &call->sides[1], &mapping, scale)
           && read_mapping(call, mapping);
}

/* The windows over an output row of `width` values, once their numbers are sound. */
static int place_in(Call *call, size width, size height, size taps) {
    const size channels = call->channels, *stride = call->stride, *dilation = call->dilation;
    const size numbers[] = {height, taps, channels, stride[0], stride[1], dilation[0], dilation[1]};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        if (numbers[i] < 1 || numbers[i] > LARGEST) return refuse("must be from 1 to 2^30", "a size, stride or dilation");
    if (height - 1 > LARGEST / dilation[0] || taps - 1 > LARGEST / dilation[1]) return refuse("reach too far for a loop", "windows");
    if (width % channels) return refuse("has rows that are no whole pixels", "out");
    call->windows = (Windows){call->out->rows, width, channels, height, taps, stride[0], stride[1],
                              dilation[0], dilation[1] * channels, 0, 0, 0, NULL};
    return 1;
}

/* The windows over the output, once a block holds what they reach. */
static int place(Call *call, size height, size taps) {
    const size channels = call->channels;
    if (!place_in(call, call->out->width, height, taps)) return 0;
    if ((taps - 1) * call->dilation[1] > REACH / channels) return refuse("reach too far for a loop", "windows");
    if (call->stride[1] > 1 && call->stride[1] > BLOCK / channels) return refuse("lie too far apart for a loop", "windows");
    return 1;
}

/* Whether the source and the padding on its sides, if any, have all that the windows meet. The second buffer says then which
 * value of its row each of those on the sides is, the one before the result what stands for none. */
static int are_on_source(Call *call) {
    const Plane *source = call->planes, *beyond = source + 1, *outside = call->out - 1;
    Windows *w = &call->windows;
    if (call->sides[0] < 0 || call->sides[0] > LARGEST || call->sides[1] < 0 || call->sides[1] > LARGEST)
        return refuse("must be from 0 to 2^30", "the padding of a side");
    if (source->width % w->channels) return refuse("has rows that are no whole pixels", "source");
    w->left = call->sides[0] * w->channels;
    w->inner = source->width;
    w->length = w->left + w->inner + call->sides[1] * w->channels;
    if (w->length > w->inner) {
        if (beyond->type != 'i' || beyond->width < w->length - w->inner || outside->width < w->channels)
            return refuse("must have a 32-bit place for each value of the sides, and one for each channel", "beyond and outside");
        w->beyond = beyond->view.buf;
        for (size x = 0; x < w->length - w->inner; x++)
            if (w->beyond[x] < -1 || w->beyond[x] >= w->inner) return refuse("must be -1 or lie in a row", "beyond");
    }
    const size down = (w->rows - 1) * w->stride_down + (w->height - 1) * w->step_down + 1;
    const size along = (w->width / w->channels - 1) * w->stride_along + reach_along(w) / w->channels + 1;
    if (down > source->rows || along > w->length / w->channels) return refuse("is smaller than what its windows meet", "source");
    return 1;
}

static int place_on(Call *call, size height, size taps) { return place(call, height, taps) && are_on_source(call); }

/* Whether kernels, bias and what stands outside are of the type of the sums, and their rows close together. */
static int are_weights(const Call *call, char sums) {
    for (const Plane *one = call->planes + 2; one < call->out; one++)
        if (one->type != sums || one->pitch != one->width) return refuse("must be whole, and of one type", "kernel and bias");
    return 1;
}

/* Run what ONE makes of a list of types, without the interpreter's lock: the loop whose types these are, if any. */
#define RUN(TYPES, ONE) \
    do { \
        int found = 0; \
        Py_BEGIN_ALLOW_THREADS \
        TYPES(ONE) \
        Py_END_ALLOW_THREADS \
        good = found || refuse("of these types have no loop", "values"); \
    } while (0)

/* Run one of the loops for sums, whose type is that of the kernel. */
#define RUN_SUMS(TYPES, ONE, result) \
    do { \
        const char sums = call.planes[2].type, out = call.target.mapping ? sums : call.out->type; \
        good = good && are_weights(&call, sums) && (out == (result) || refuse("must be of the type of the sums", "out")); \
        if (good) RUN(TYPES, ONE); \
    } while (0)

/* correlate(source, beyond, kernel, bias, outside, out, channels, stride, dilation, sides[, mapping]) */
static PyObject *py_correlate(PyObject *self, PyObject *args) {
    (void)self;
    Call call = {0};
    const Plane *source = call.planes, *kernel = source + 2, *bias = source + 3, *outside = source + 4;
    if (!begin(&call, args, 6, (int[]){2, 1, 2, 1, 1, 2}, (const char *[]){"source", "beyond", "kernel", "bias", "outside", "out"})) return NULL;
    float none;
    int good = read_places(&call, args, &none) && place_on(&call, kernel->rows, kernel->width);
#define ONE(s, r, SOURCE, SUM) \
        if (source->type == s && kernel->type == r) \
            found = 1, correlate_##SOURCE##_##SUM(&call.windows, source->view.buf, source->pitch, &call.target, kernel->view.buf, \
                                                 bias->view.buf, outside->view.buf);
    RUN_SUMS(SUM_TYPES, ONE, sums);
#undef ONE
    return end(&call, good, call.target.mapping != NULL);
}

/* correlate_each(source, beyond, kernel, bias, outside, out, ...): as correlate; kernel (h, w, BLOCK), bias (BLOCK). */
static PyObject *py_correlate_each(PyObject *self, PyObject *args) {
    (void)self;
    Call call = {0};
    const Plane *source = call.planes, *kernel = source + 2, *bias = source + 3, *outside = source + 4;
    if (!begin(&call, args, 6, (int[]){2, 1, 3, 1, 1, 2}, (const char *[]){"source", "beyond", "kernel", "bias", "outside", "out"})) return NULL;
    float none;
    int good = read_places(&call, args, &none);
    if (good && (kernel->view.shape[2] != BLOCK || bias->width != BLOCK))
        good = refuse("must hold a block of weights for each tap", "kernel or bias");
    if (good && (call.channels < 1 || call.channels > BLOCK)) good = refuse("are more than a block holds", "channels");
    good = good && place_on(&call, kernel->rows, kernel->view.shape[1]);
#define ONE(s, r, SOURCE, SUM) \
        if (source->type == s && kernel->type == r) \
            found = 1, correlate_each_##SOURCE##_##SUM(&call.windows, source->view.buf, source->pitch, &call.target, kernel->view.buf, \
                                                      bias->view.buf, outside->view.buf);
    RUN_SUMS(SUM_TYPES, ONE, sums);
#undef ONE
    return end(&call, good, call.target.mapping != NULL);
}

/* separable(source, beyond, down, along, bias, outside, out, channels, stride, dilation, sides[, mapping]) */
static PyObject *py_separable(PyObject *self, PyObject *args) {
    (void)self;
    Call call = {0};
    const Plane *source = call.planes, *down = source + 2, *along = source + 3, *bias = source + 4, *outside = source + 5;
    if (!begin(&call, args, 7, (int[]){2, 1, 1, 1, 1, 1, 2},
               (const char *[]){"source", "beyond", "down", "along", "bias", "outside", "out"})) return NULL;
    float none;
    int good = read_places(&call, args, &none) && place_on(&call, down->width, along->width);
#define ONE(s, r, SOURCE, SUM) \
        if (source->type == s && down->type == r) \
            found = 1, separable_##SOURCE##_##SUM(&call.windows, source->view.buf, source->pitch, &call.target, down->view.buf, \
                                                 along->view.buf, bias->view.buf, outside->view.buf);
    RUN_SUMS(SUM_TYPES, ONE, sums);
#undef ONE
    return end(&call, good, call.target.mapping != NULL);
}

/* gradient(source, beyond, columns, rows, outside, out, channels, stride, dilation, sides, mapping, scale): columns (2, h)
 * and rows (2, w) of two kernels. */
static PyObject *py_gradient(PyObject *self, PyObject *args) {
    (void)self;
    Call call = {0};
    const Plane *source = call.planes, *columns = source + 2, *rows = source + 3, *outside = source + 4;
    float scale = 1;
    if (!begin(&call, args, 6, (int[]){2, 1, 2, 2, 1, 2}, (const char *[]){"source", "beyond", "columns", "rows", "outside", "out"})) return NULL;
    int good = read_places(&call, args, &scale);
    if (good && (columns->rows != 2 || rows->rows != 2)) good = refuse("must be of two kernels", "columns and rows");
    good = good && place_on(&call, columns->width, rows->width);
#define ONE(s, r, SOURCE, SUM) \
        if (source->type == s && columns->type == r) \
            found = 1, gradient_##SOURCE##_##SUM(&call.windows, source->view.buf, source->pitch, &call.target, columns->view.buf, \
                                                rows->view.buf, outside->view.buf, scale);
    RUN_SUMS(GRADIENT_TYPES, ONE, call.target.mapping ? sums : 'f');
#undef ONE
    return end(&call, good, call.target.mapping != NULL);
}

/* How many values there are in all of these parts of windows of so many rows, taps and channels; 0 with an exception. */
static size values_in(const Plane *parts, const size *most) {
    size total = 0;
    if (parts->type != 'i' || parts->width != 6 || parts->pitch != 6) return refuse("must be six 32-bit numbers each", "parts");
    for (size at = 0; at < parts->rows; at++) {
        const i32 *first = (const i32 *)parts->view.buf + at * 6, *count = first + 3;
        size values = 1;
        for (int i = 0; i < 3; i++) {
            if (first[i] < 0 || count[i] < 1 || count[i] > most[i] || first[i] > most[i] - count[i]) return refuse("lie in no window", "parts");
            if (count[i] > LONGEST / values) return refuse("are of too many values", "parts");
            values *= count[i];
        }
        total += values;
    }
    return total;
}

/* Let the rows of the source and of the output be those of one image, of so many that they hold. */
static int share_rows(Call *call, size images) {
    if (images < 1 || call->planes->rows % images || call->out->rows % images) return refuse("must share out the rows of source and out", "images");
    call->planes->rows /= images;
    call->out->rows /= images;
    return 1;
}

/* filters(source, beyond, parts, weights, bias, outside, out, channels, stride, dilation, sides, (height, taps), (first,
 * last), images): some panels of the maps of filters over all channels, out (rows, columns, maps); of images below each other. `parts` are the first row, tap and channel of each part of a window,
 * and how many of each there are; `weights` (values, FILTERS) those of one part after the other, panel by panel. */
static PyObject *py_filters(PyObject *self, PyObject *args) {
    (void)self;
    Call call = {0};
    const Plane *source = call.planes, *parts = source + 2, *weights = source + 3, *bias = source + 4, *outside = source + 5;
    size of[2];
    Panels panels = {0};
    Images images = {0};
    if (!begin(&call, args, 7, (int[]){2, 1, 2, 2, 1, 1, 3}, (const char *[]){"source", "beyond", "parts", "weights", "bias", "outside", "out"}))
        return NULL;
    int good = read_rest(&call, args, "n(nn)(nn)(nn)(nn)(nn)n", &call.channels, &call.stride[0], &call.stride[1], &call.dilation[0],
                         &call.dilation[1], &call.sides[0], &call.sides[1], &of[0], &of[1], &panels.first, &panels.last, &images.count)
               && (call.channels >= 1 && call.channels <= LARGEST ? 1 : refuse("must be from 1 to 2^30", "channels"))
               && share_rows(&call, images.count)
               && place_in(&call, call.out->view.shape[1] * call.channels, of[0], of[1]) && are_on_source(&call);
    images.rows = source->rows;
    for (int i = 0; good && i < 7; i++)
        if (i != 1 && i != 2 && source[i].type != 'f') good = refuse("must hold floats", "source, weights, bias, outside and out");
    const size values = good ? values_in(parts, (size[]){of[0], of[1], call.channels}) : 0;
    good = values > 0;
    const size panel = weights->width, all = good ? (call.out->view.shape[2] + panel - 1) / panel : 1;
    if (good && (panel != 8 && panel != 16 && panel != 32)) good = refuse("must be in panels of 8, 16 or 32 filters", "weights");
    if (good && (weights->pitch != panel || weights->rows != all * values || bias->width != call.out->view.shape[2]))
        good = refuse("must be as many as the filters and the parts need", "weights and bias");
    if (good && (panels.first < 0 || panels.first > panels.last || panels.last > all)) good = refuse("must be of those there are", "panels");
    panels.maps = bias->width;
    if (good) {
        Py_BEGIN_ALLOW_THREADS
        (panel == 8 ? filters_8 : panel == 16 ? filters_16 : filters_32)(&call.windows, source->view.buf, source->pitch, outside->view.buf,
            parts->view.buf, parts->rows, weights->view.buf, bias->view.buf, panels, call.out->view.buf, call.out->pitch, images);
        Py_END_ALLOW_THREADS
    }
    return end(&call, good, 0);
}

/* filter_gradients(source, gradients, out, channels, stride, dilation, (height, taps), images, panel): add to each weight of
 * filters, out (height * taps * channels, maps), what it met in the source times the gradients there, (images * rows, columns,
 * maps); maps are whole panels of 8, 16 or 32. */
static PyObject *py_filter_gradients(PyObject *self, PyObject *args) {
    (void)self;
    Call call = {0};
    const Plane *source = call.planes, *gradients = source + 1;
    size of[2], panel;
    Images images = {0};
    if (!begin(&call, args, 3, (int[]){2, 3, 2}, (const char *[]){"source", "gradients", "out"})) return NULL;
    int good = read_rest(&call, args, "n(nn)(nn)(nn)nn", &call.channels, &call.stride[0], &call.stride[1], &call.dilation[0],
                         &call.dilation[1], &of[0], &of[1], &images.count, &panel)
               && (call.channels >= 1 && call.channels <= LARGEST ? 1 : refuse("must be from 1 to 2^30", "channels"))
               && place_in(&call, gradients->view.shape[1] * call.channels, of[0], of[1]);
    for (int i = 0; good && i < 3; i++)
        if (source[i].type != 'f') good = refuse("must hold floats", "source, gradients and out");
    if (good && (images.count < 1 || source->rows % images.count || gradients->rows % images.count))
        good = refuse("must share out the rows of source and gradients", "images");
    const size maps = good ? gradients->view.shape[2] : 1;
    if (good && ((panel != 8 && panel != 16 && panel != 32) || maps % panel)) good = refuse("must be whole panels of 8, 16 or 32", "maps");
    if (good && (gradients->pitch != gradients->width || call.out->pitch != maps || call.out->width != maps
                 || of[0] > LARGEST / of[1] || of[0] * of[1] > LARGEST / call.channels || call.out->rows != of[0] * of[1] * call.channels))
        good = refuse("must be whole, and as many as the weights", "gradients and out");
    if (good) {
        images.rows = call.planes->rows /= images.count;
        call.windows.rows = gradients->rows / images.count;
        good = are_on_source(&call);
    }
    if (good) {
        Py_BEGIN_ALLOW_THREADS
        (panel == 8 ? filter_gradients_8 : panel == 16 ? filter_gradients_16 : filter_gradients_32)(&call.windows, source->view.buf,
            source->pitch, gradients->view.buf, maps, call.out->view.buf, images);
        Py_END_ALLOW_THREADS
    }
    return end(&call, good, 0);
}

/* The counts that sums of such a type are divided by: for each row, and for each value of a row. */
static int read_means(Call *call, Means *means, char sums, const Plane *tall, const Plane *wide) {
    const char out = call->out->type;
    if (tall->width != call->out->rows || wide->width != call->out->width)
        return refuse("must have a count for each row and each column", "tall and wide");
    if (tall->type != 'i' || wide->type != 'i') return refuse("must be 32-bit whole numbers", "tall and wide");
    if (out != 'B' && out != 'f' && !(out == 'H' && sums != 'H')) return refuse("is of a type that means are not", "out");
    const size middle = wide->width / 2;
    *means = (Means){tall->view.buf, wide->view.buf, middle, middle};
    for (size i = 0; i < tall->width; i++)
        if (means->tall[i] < 1) return refuse("must be 1 or more", "tall");
    for (size i = 0; i < wide->width; i++)
        if (means->wide[i] < 1) return refuse("must be 1 or more", "wide");
    /* Only windows that reach beyond the image have other counts than those in the middle. */
    while (means->first > 0 && means->wide[means->first - 1] == means->wide[middle]) means->first--;
    while (means->last < wide->width && means->wide[means->last] == means->wide[middle]) means->last++;
    call->target.means = means;
    return 1;
}

/* box(source, beyond, columns, tall, wide, outside, out, (height, width), channels, sides): columns is scratch of the type of
 * the sums. Results of that type are sums; others are means, and the answer is (lowest, highest sum, 0, 0). */
static PyObject *py_box(PyObject *self, PyObject *args) {
    (void)self;
    Call call = {.stride = {1, 1}, .dilation = {1, 1}};
    const char *const names[] = {"source", "beyond", "columns", "tall", "wide", "outside", "out"};
    const Plane *source = call.planes, *columns = source + 2, *outside = source + 5;
    size of[2];
    Means means;
    if (!begin(&call, args, 7, (int[]){2, 1, 1, 1, 1, 1, 2}, names)) return NULL;
    int good = read_rest(&call, args, "(nn)n(nn)", &of[0], &of[1], &call.channels, &call.sides[0], &call.sides[1])
               && place_on(&call, of[0], of[1]);
    const int divides = columns->type != call.out->type;
    if (good && columns->view.readonly) good = refuse("is read-only", "columns");
    if (good && (columns->width < call.windows.length || outside->type != columns->type))
        good = refuse("must be as long as a padded row, and of the type of what stands outside", "columns");
    for (int i = 0; good && i < call.count - 1; i++) good = i == 2 || are_apart(call.planes + i, columns, names[i]);
    if (good && divides) good = read_means(&call, &means, columns->type, source + 3, source + 4);
#define ONE(s, r, SOURCE, SUM) \
        if (source->type == s && columns->type == r) \
            found = 1, box_##SOURCE##_##SUM(&call.windows, source->view.buf, source->pitch, &call.target, columns->view.buf, outside->view.buf);
    if (good) RUN(BOX_TYPES, ONE);
#undef ONE
    return end(&call, good, divides);
}

/* Read what stands behind the buffers of a loop that pools: (height, width), channels, stride, dilation, (top, left). */
static int read_pooling(Call *call, PyObject *args, size *start, int *sums) {
    size of[2];
    const Plane *image = call->planes;
    if (!read_rest(call, args, "(nn)n(nn)(nn)(nn)|C", &of[0], &of[1], &call->channels, &call->stride[0], &call->stride[1],
                   &call->dilation[0], &call->dilation[1], &start[0], &start[1], sums)
        || !place(call, of[0], of[1])) return 0;
    for (int axis = 0; axis < 2; axis++)
        if (start[axis] < -LARGEST || start[axis] > LARGEST) return refuse("is out of range", "start");
    return image->width % call->channels ? refuse("has rows that are no whole pixels", "image") : 1;
}

/* maximum(image, out, (height, width), channels, stride, dilation, (top, left)), and minimum. */
static PyObject *pick(PyObject *args, int greatest) {
    Call call = {0};
    const Plane *image = call.planes;
    size start[2];
    if (!begin(&call, args, 2, (int[]){2, 2}, (const char *[]){"image", "out"})) return NULL;
    int sums = 0, good = read_pooling(&call, args, start, &sums);
#define ONE(s, r, SOURCE, RESULT) \
    if (image->type == s && call.out->type == r) \
        found = 1, (greatest ? maximum_##SOURCE##_##RESULT : minimum_##SOURCE##_##RESULT)( \
            &call.windows, image->view.buf, image->pitch, image->rows, image->width, start[0], start[1] * call.channels, &call.target);
    if (good) RUN(EXTREME_TYPES, ONE);
#undef ONE
    return end(&call, good, 0);
}

static PyObject *py_maximum(PyObject *self, PyObject *args) { return (void)self, pick(args, 1); }
static PyObject *py_minimum(PyObject *self, PyObject *args) { return (void)self, pick(args, 0); }

/* average(image, tall, wide, out, (height, width), ..., sums): as maximum; `sums` is the letter of the type they add up in. The
 * answer is (lowest, highest, 0, 0) of averages that are levels. */
static PyObject *py_average(PyObject *self, PyObject *args) {
    (void)self;
    Call call = {0};
    const Plane *image = call.planes;
    size start[2];
    int sums = 0;
    Means means;
    if (!begin(&call, args, 4, (int[]){2, 1, 1, 2}, (const char *[]){"image", "tall", "wide", "out"})) return NULL;
    int good = read_pooling(&call, args, start, &sums) && read_means(&call, &means, (char)sums, image + 1, image + 2);
#define ONE(s, r, SOURCE, SUM) \
    if (image->type == s && sums == r) \
        found = 1, total_##SOURCE##_##SUM(&call.windows, image->view.buf, image->pitch, image->rows, image->width, start[0], \
                                          start[1] * call.channels, &call.target);
    if (good) RUN(TOTAL_TYPES, ONE);
#undef ONE
    return end(&call, good, 1);
}

/* levels(responses, levels, mapping) -> (lowest, highest, clipped, not numbers) */
static PyObject *py_levels(PyObject *self, PyObject *args) {
    (void)self;
    Call call = {0};
    const Plane *responses = call.planes;
    PyObject *mapping;
    if (!begin(&call, args, 2, (int[]){1, 1}, (const char *[]){"responses", "levels"})) return NULL;
    int good = read_rest(&call, args, "O", &mapping) && read_mapping(&call, mapping);
    if (good && (responses->width != call.out->width || !call.target.mapping))
        good = refuse("must be as many as the responses, by a mapping", "levels");
#define ONE(s, SOURCE) \
    if (responses->type == s) \
        found = 1, levels_##SOURCE(&call.mapping, responses->view.buf, call.out->view.buf, 0, call.out->width, &call.target.loss);
#define ALL(ONE) ONE('h', i16) ONE('i', i32) ONE('f', f32)
    if (good) RUN(ALL, ONE);
#undef ONE
    return end(&call, good, 1);
}

/* unfilter(filtered, above, out, pixel_bytes): rows of a PNG, each led by its filter, (rows, 1 + width); above (width). */
static PyObject *py_unfilter(PyObject *self, PyObject *args) {
    (void)self;
    Call call = {0};
    const char *const names[] = {"filtered", "above", "out"};
    const Plane *filtered = call.planes, *above = filtered + 1, *out = filtered + 2;
    size pixel;
    if (!begin(&call, args, 3, (int[]){2, 1, 2}, names)) return NULL;
    int good = read_rest(&call, args, "n", &pixel);
    for (int i = 0; good && i < 3; i++)
        if (call.planes[i].type != 'B') good = refuse("must be bytes", names[i]);
    if (good && (pixel < 1 || pixel > 8 || pixel == 5 || pixel == 7)) good = refuse("must be 1, 2, 3, 4, 6 or 8", "pixel_bytes");
    if (good && (filtered->rows != out->rows || filtered->width != out->width + 1 || above->width != out->width))
        good = refuse("must be of one size, but for the byte in front of each filtered row", "filtered, above and out");
    if (good && out->width % pixel) good = refuse("has rows that are no whole pixels", "out");
    if (good) {
        size read;
        Py_BEGIN_ALLOW_THREADS
        read = unfilter(filtered->view.buf, filtered->pitch, above->view.buf, out->view.buf, out->pitch, out->rows, out->width, pixel);
        Py_END_ALLOW_THREADS
        if (read < out->rows) good = refuse("has a row whose filter is unknown", "filtered");
    }
    return end(&call, good, 0);
}

/* Whether a buffer between the sources and the result can be written to, is as long as it has to be, and lies on no source. */
static int is_scratch(const Call *call, int which, char type, size length, const char *name) {
    const Plane *scratch = call->planes + which;
    if (scratch->view.readonly) return refuse("is read-only", name);
    if (scratch->type != type || scratch->width < length) return refuse("must be longer, or of another type", name);
    int good = 1;
    for (int i = 0; good && i < which; i++) good = are_apart(call->planes + i, scratch, "source");
    return good;
}

/* Whether every run of three numbers lies in a window: its row, its first tap, and its taps, or which of `lengths` they are. */
static int are_runs(const Plane *runs, const Windows *w, const Plane *lengths) {
    if (runs->type != 'i' || runs->width != 3 || runs->pitch != 3) return refuse("must be threes of 32-bit whole numbers", "runs");
    for (size k = 0; lengths && k < lengths->width; k++) {
        const i32 *taps = (const i32 *)lengths->view.buf + k;
        if (taps[0] < 1 || taps[0] > w->taps || (k && taps[0] < taps[-1])) return refuse("must grow, and fit into a window", "lengths");
    }
    for (size r = 0; r < runs->rows; r++) {
        const i32 *run = (const i32 *)runs->view.buf + 3 * r;
        if (lengths && (run[2] < 0 || run[2] >= lengths->width)) return refuse("name a length that is not there", "runs");
        const size taps = lengths ? ((const i32 *)lengths->view.buf)[run[2]] : run[2];
        if (run[0] < 0 || run[0] >= w->height || run[1] < 0 || taps < 1 || run[1] + taps > w->taps) return refuse("reach out of the window", "runs");
    }
    return 1;
}

/* maximum_of_runs(image, runs, lengths, kept, out, (height, width), ...): as maximum, and minimum_of_runs. */
static PyObject *pick_of_runs(PyObject *args, int greatest) {
    Call call = {0};
    const Plane *image = call.planes, *runs = image + 1, *lengths = image + 2, *kept = image + 3;
    const Windows *w = &call.windows;
    size start[2];
    int sums = 0;
    if (!begin(&call, args, 5, (int[]){2, 2, 1, 1, 2}, (const char *[]){"image", "runs", "lengths", "kept", "out"})) return NULL;
    int good = read_pooling(&call, args, start, &sums);
    if (good && lengths->type != 'i') good = refuse("must be 32-bit whole numbers", "lengths");
    good = good && are_runs(runs, w, lengths);
    if (good && (w->height - 1 > LARGEST / w->step_down || lengths->width > LARGEST / ((w->height - 1) * w->step_down + 1)))
        good = refuse("reach too far for a loop", "windows");
    good = good && is_scratch(&call, 3, call.out->type, ((w->height - 1) * w->step_down + 1) * lengths->width * (BLOCK + reach_along(w)), "kept");
#define ONE(s, r, VALUE, SAME) \
    if (image->type == s && call.out->type == s) \
        found = 1, (greatest ? maximum_runs_##VALUE : minimum_runs_##VALUE)( \
            w, image->view.buf, image->pitch, image->rows, image->width, start[0], start[1] * call.channels, runs->view.buf, \
            runs->rows, lengths->view.buf, lengths->width, kept->view.buf, call.out->view.buf, call.out->pitch);
    if (good) RUN(EXTREME_TYPES, ONE);
#undef ONE
    return end(&call, good, 0);
}

static PyObject *py_maximum_of_runs(PyObject *self, PyObject *args) { return (void)self, pick_of_runs(args, 1); }
static PyObject *py_minimum_of_runs(PyObject *self, PyObject *args) { return (void)self, pick_of_runs(args, 0); }

/* network(source, out, size, channels, dilation): medians of 3x3 or 5x5 values. */
static PyObject *py_network(PyObject *self, PyObject *args) {
    (void)self;
    Call call = {.stride = {1, 1}};
    const Plane *source = call.planes;
    size taps;
    if (!begin(&call, args, 2, (int[]){2, 2}, (const char *[]){"source", "out"})) return NULL;
    int good = read_rest(&call, args, "nn(nn)", &taps, &call.channels, &call.dilation[0], &call.dilation[1]);
    if (good && taps != 3 && taps != 5) good = refuse("must be 3 or 5", "size");
    good = good && place(&call, taps, taps);
    if (good && source->width % call.channels) good = refuse("has rows that are no whole pixels", "source");
    if (good && ((taps - 1) * call.dilation[0] + call.out->rows > source->rows
                 || reach_along(&call.windows) + call.out->width > source->width))
        good = refuse("is smaller than what its windows meet", "source");
#define ONE(s, r, VALUE, SAME) \
    if (source->type == s && call.out->type == s) \
        found = 1, network_##VALUE(&call.windows, source->view.buf, source->pitch, call.out->view.buf, call.out->pitch);
    if (good) RUN(EXTREME_TYPES, ONE);
#undef ONE
    return end(&call, good, 0);
}

/* median(image, columns, out, (height, width), ...): medians of values of 8 bits; `columns` is scratch. */
static PyObject *py_median(PyObject *self, PyObject *args) {
    (void)self;
    Call call = {0};
    const Plane *image = call.planes, *columns = image + 1, *out = image + 2;
    const Windows *w = &call.windows;
    size start[2];
    int sums = 0;
    if (!begin(&call, args, 3, (int[]){2, 1, 2}, (const char *[]){"image", "columns", "out"})) return NULL;
    int good = read_pooling(&call, args, start, &sums);
    if (good && (call.stride[0] != 1 || call.stride[1] != 1 || call.dilation[0] != 1 || call.dilation[1] != 1))
        good = refuse("must slide by one pixel, without dilation", "windows");
    if (good && (image->type != 'B' || out->type != 'B')) good = refuse("must hold values of 8 bits", "image and out");
    good = good && is_scratch(&call, 1, columns->type, (TILE + w->taps - 1) * LEVELS, "columns");
    if (good && w->height > (columns->type == 'H' ? UINT16_MAX : INT32_MAX) / w->taps) good = refuse("hold more values than can be counted", "windows");
#define ONE(c, COUNT) \
    if (columns->type == c) \
        found = 1, median_##COUNT(w, image->view.buf, image->pitch, image->rows, image->width / call.channels, start[0], start[1], \
                                  columns->view.buf, out->view.buf, out->pitch);
    if (good) RUN(COUNT_TYPES, ONE);
#undef ONE
    return end(&call, good, 0);
}

/* huang(image, runs, counts, out, (height, width), ...): medians of windows of any shape; `counts` is scratch. */
static PyObject *py_huang(PyObject *self, PyObject *args) {
    (void)self;
    Call call = {0};
    const Plane *image = call.planes, *runs = image + 1, *counts = image + 2, *out = image + 3;
    const Windows *w = &call.windows;
    size start[2];
    int sums = 0;
    if (!begin(&call, args, 4, (int[]){2, 2, 1, 2}, (const char *[]){"image", "runs", "counts", "out"})) return NULL;
    int good = read_pooling(&call, args, start, &sums) && are_runs(runs, w, NULL);
    if (good && call.dilation[1] != 1) good = refuse("must have taps side by side", "windows");
    if (good && w->height > INT32_MAX / w->taps) good = refuse("hold more values than can be counted", "windows");
    good = good && is_scratch(&call, 2, 'i', out->type == 'B' ? COUNTS(8) : COUNTS(16), "counts");
#define ONE(v, VALUE) \
    if (image->type == v && out->type == v) \
        found = 1, huang_##VALUE(w, image->view.buf, image->pitch, image->rows, image->width / call.channels, start[0], start[1], \
                                 runs->view.buf, runs->rows, counts->view.buf, out->view.buf, out->pitch);
    if (good) RUN(UNSIGNED_TYPES, ONE);
#undef ONE
    return end(&call, good, 0);
}

static PyMethodDef methods[] = {
    {"correlate", py_correlate, METH_VARARGS, "Write the sums of windows times one kernel."},
    {"correlate_each", py_correlate_each, METH_VARARGS, "Write the sums of windows times a kernel for each channel."},
    {"separable", py_separable, METH_VARARGS, "Write the sums of windows times a column times a row."},
    {"gradient", py_gradient, METH_VARARGS, "Write the lengths of gradients."},
    {"filters", py_filters, METH_VARARGS, "Write the maps of filters over all channels."},
    {"filter_gradients", py_filter_gradients, METH_VARARGS, "Add to filters' weights what they met times the gradients there."},
    {"box", py_box, METH_VARARGS, "Write the sums or the means of windows."},
    {"maximum", py_maximum, METH_VARARGS, "Write the largest value of each window."},
    {"minimum", py_minimum, METH_VARARGS, "Write the smallest value of each window."},
    {"average", py_average, METH_VARARGS, "Write the mean of each window."},
    {"maximum_of_runs", py_maximum_of_runs, METH_VARARGS, "Write the largest value of each window of any shape."},
    {"minimum_of_runs", py_minimum_of_runs, METH_VARARGS, "Write the smallest value of each window of any shape."},
    {"network", py_network, METH_VARARGS, "Write the medians of windows of 3x3 or 5x5 values."},
    {"median", py_median, METH_VARARGS, "Write the medians of windows of values of 8 bits."},
    {"huang", py_huang, METH_VARARGS, "Write the medians of windows of any shape."},
    {"levels", py_levels, METH_VARARGS, "Map responses to levels, round and clip them; return what was lost."},
    {"unfilter", py_unfilter, METH_VARARGS, "Write the rows of a PNG as they were before its filters."},
    {NULL, NULL, 0, NULL},
};

enum { DOORS = 7 }; /* changes with what the loops are told, here and in __init__.py: a library that is older is not used */

/* How many filters a panel has where there are enough of them: as many as the registers hold sums of a block. */
static int widest_panel(void) {
#if defined(CLONED)
    return __builtin_cpu_supports("x86-64-v4") ? 32 : 16;
#elif defined(__AVX512F__)
    return 32;
#else
    return 16;
#endif
}

static int add_limits(PyObject *module) {
    return PyModule_AddIntConstant(module, "DOORS", DOORS) || PyModule_AddIntConstant(module, "BLOCK", BLOCK) || PyModule_AddIntConstant(module, "REACH", REACH) ||
           PyModule_AddIntConstant(module, "TILE", TILE) || PyModule_AddIntConstant(module, "LEVELS", LEVELS) ||
           PyModule_AddIntConstant(module, "PANEL", widest_panel()) ? -1 : 0;
}

static PyModuleDef_Slot slots[] = {{Py_mod_exec, add_limits}, {0, NULL}};

static PyModuleDef definition = {PyModuleDef_HEAD_INIT, "_native", "The inner loops of the engine.", 0, methods, slots, NULL, NULL, NULL};

PyMODINIT_FUNC PyInit__native(void) { return PyModuleDef_Init(&definition); }
