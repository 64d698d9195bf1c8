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
    for (int axis = dimensions - 1, first = dimensions > 1; axis >= first; axis--) {
        const size step = axis == dimensions - 1 ? view->itemsize : view->strides[axis + 1] * view->shape[axis + 1];
        if (view->strides[axis] != step) return refuse("has rows whose values are not side by side", name);
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
    const Plane *out = &planes[count - 1];
    for (int i = 0; good && i < count - 1; i++) {
        const char *from = planes[i].view.buf, *to = out->view.buf;
        const size ends = ((planes[i].rows - 1) * planes[i].pitch + planes[i].width) * planes[i].view.itemsize;
        const size out_ends = ((out->rows - 1) * out->pitch + out->width) * out->view.itemsize;
        if ((uintptr_t)from < (uintptr_t)to + (size_t)out_ends && (uintptr_t)to < (uintptr_t)from + (size_t)ends)
            good = refuse("lies on the memory of the result", names[i]);
    }
    if (!good)
        while (opened) PyBuffer_Release(&planes[--opened].view);
    return good;
}

static void close_planes(Plane *planes, int count) {
    while (count) PyBuffer_Release(&planes[--count].view);
}

/* The windows over an output of such size, once their numbers are sound and a block holds what they reach. */
static int place(Windows *w, const Plane *out, size height, size taps, size channels, const size *stride, const size *dilation) {
    const size numbers[] = {height, taps, channels, stride[0], stride[1], dilation[0], dilation[1]};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        if (numbers[i] < 1 || numbers[i] > LARGEST) return refuse("must be from 1 to 2^30", "a size, stride or dilation");
    if (out->width % channels) return refuse("has rows that are no whole pixels", "out");
    if ((taps - 1) * dilation[1] > REACH / channels) return refuse("reach too far for a loop", "windows");
    if (stride[1] > 1 && stride[1] > BLOCK / channels) return refuse("lie too far apart for a loop", "windows");
    *w = (Windows){out->rows, out->width, channels, height, taps, stride[0], stride[1], dilation[0], dilation[1] * channels};
    return 1;
}

/* Whether the source has all that the windows meet. */
static int covers(const Windows *w, const Plane *source) {
    const size down = (w->rows - 1) * w->stride_down + (w->height - 1) * w->step_down + 1;
    const size along = (w->width / w->channels - 1) * w->stride_along + reach_along(w) / w->channels + 1;
    if (down > source->rows || along > source->width / w->channels) return refuse("is smaller than what its windows meet", "source");
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

static PyObject *done(Plane *planes, int count, int good) {
    while (count) PyBuffer_Release(&planes[--count].view);
    if (!good) return NULL;
    Py_RETURN_NONE;
}

/* correlate(source, kernel, bias, out, channels, stride, dilation) */
static PyObject *py_correlate(PyObject *self, PyObject *args) {
    (void)self;
    static const char *const names[] = {"source", "kernel", "bias", "out"};
    PyObject *objects[4];
    Plane planes[4], *source = planes, *kernel = planes + 1, *bias = planes + 2, *out = planes + 3;
    size channels, stride[2], dilation[2];
    if (!PyArg_ParseTuple(args, "OOOOn(nn)(nn)", &objects[0], &objects[1], &objects[2], &objects[3], &channels, &stride[0],
                          &stride[1], &dilation[0], &dilation[1]))
        return NULL;
    if (!open_planes(objects, planes, (int[]){2, 2, 1, 2}, names, 4)) return NULL;
    Windows w;
    int good = place(&w, out, kernel->rows, kernel->width, channels, stride, dilation) && covers(&w, source);
    if (good && (kernel->pitch != kernel->width || kernel->type != out->type || bias->type != out->type))
        good = refuse("must be whole, and of the type of the sums", "kernel or bias");
#define ONE(s, r, SOURCE, SUM) \
        if (source->type == s && out->type == r) \
            found = 1, correlate_##SOURCE##_##SUM(&w, source->view.buf, source->pitch, out->view.buf, out->pitch, kernel->view.buf, bias->view.buf);
    if (good) RUN(SUM_TYPES, ONE);
#undef ONE
    return done(planes, 4, good);
}

/* correlate_each(source, kernel, bias, out, channels, stride, dilation): kernel (h, w, BLOCK), bias (BLOCK). */
static PyObject *py_correlate_each(PyObject *self, PyObject *args) {
    (void)self;
    static const char *const names[] = {"source", "kernel", "bias", "out"};
    PyObject *objects[4];
    Plane planes[4], *source = planes, *kernel = planes + 1, *bias = planes + 2, *out = planes + 3;
    size channels, stride[2], dilation[2];
    if (!PyArg_ParseTuple(args, "OOOOn(nn)(nn)", &objects[0], &objects[1], &objects[2], &objects[3], &channels, &stride[0],
                          &stride[1], &dilation[0], &dilation[1]))
        return NULL;
    if (!open_planes(objects, planes, (int[]){2, 3, 1, 2}, names, 4)) return NULL;
    Windows w;
    int good = 1;
    if (kernel->view.shape[2] != BLOCK || kernel->pitch != kernel->width || bias->width != BLOCK)
        good = refuse("must hold a block of weights for each tap", "kernel or bias");
    if (good && (channels < 1 || channels > BLOCK)) good = refuse("are more than a block holds", "channels");
    if (good && (kernel->type != out->type || bias->type != out->type)) good = refuse("must be of the type of the sums", "kernel or bias");
    good = good && place(&w, out, kernel->rows, kernel->view.shape[1], channels, stride, dilation) && covers(&w, source);
#define ONE(s, r, SOURCE, SUM) \
        if (source->type == s && out->type == r) \
            found = 1, correlate_each_##SOURCE##_##SUM(&w, source->view.buf, source->pitch, out->view.buf, out->pitch, kernel->view.buf, bias->view.buf);
    if (good) RUN(SUM_TYPES, ONE);
#undef ONE
    return done(planes, 4, good);
}

/* separable(source, down, along, bias, out, channels, stride, dilation) */
static PyObject *py_separable(PyObject *self, PyObject *args) {
    (void)self;
    static const char *const names[] = {"source", "down", "along", "bias", "out"};
    PyObject *objects[5];
    Plane planes[5], *source = planes, *down = planes + 1, *along = planes + 2, *bias = planes + 3, *out = planes + 4;
    size channels, stride[2], dilation[2];
    if (!PyArg_ParseTuple(args, "OOOOOn(nn)(nn)", &objects[0], &objects[1], &objects[2], &objects[3], &objects[4], &channels,
                          &stride[0], &stride[1], &dilation[0], &dilation[1]))
        return NULL;
    if (!open_planes(objects, planes, (int[]){2, 1, 1, 1, 2}, names, 5)) return NULL;
    Windows w;
    int good = place(&w, out, down->width, along->width, channels, stride, dilation) && covers(&w, source);
    if (good && (down->type != out->type || along->type != out->type || bias->type != out->type))
        good = refuse("must be of the type of the sums", "down, along or bias");
#define ONE(s, r, SOURCE, SUM) \
        if (source->type == s && out->type == r) \
            found = 1, separable_##SOURCE##_##SUM(&w, source->view.buf, source->pitch, out->view.buf, out->pitch, \
                                                 down->view.buf, along->view.buf, bias->view.buf);
    if (good) RUN(SUM_TYPES, ONE);
#undef ONE
    return done(planes, 5, good);
}

/* box(source, columns, out, (height, width), channels): columns is scratch of the type of the sums. */
static PyObject *py_box(PyObject *self, PyObject *args) {
    (void)self;
    static const char *const names[] = {"source", "columns", "out"};
    PyObject *objects[3];
    Plane planes[3], *source = planes, *columns = planes + 1, *out = planes + 2;
    size size_of[2], channels;
    if (!PyArg_ParseTuple(args, "OOO(nn)n", &objects[0], &objects[1], &objects[2], &size_of[0], &size_of[1], &channels)) return NULL;
    if (!open_planes(objects, planes, (int[]){2, 1, 2}, names, 3)) return NULL;
    Windows w;
    const size ones[] = {1, 1};
    int good = place(&w, out, size_of[0], size_of[1], channels, ones, ones) && covers(&w, source);
    if (good && columns->view.readonly) good = refuse("is read-only", "columns");
    if (good && (columns->type != out->type || columns->width < w.width + reach_along(&w)))
        good = refuse("must be as long as a row that windows meet, and of the type of the sums", "columns");
    if (good) {
        const char *from = source->view.buf, *to = columns->view.buf;
        const size_t ends = (size_t)((source->rows - 1) * source->pitch + source->width) * (size_t)source->view.itemsize;
        if ((uintptr_t)from < (uintptr_t)to + (size_t)columns->width * (size_t)columns->view.itemsize && (uintptr_t)to < (uintptr_t)from + ends)
            good = refuse("lies on the memory of the columns", "source");
    }
#define ONE(s, r, SOURCE, SUM) \
        if (source->type == s && out->type == r) \
            found = 1, box_##SOURCE##_##SUM(&w, source->view.buf, source->pitch, out->view.buf, out->pitch, columns->view.buf);
    if (good) RUN(BOX_TYPES, ONE);
#undef ONE
    return done(planes, 3, good);
}

/* reduce(kind, image, out, (height, width), channels, stride, dilation, (top, left)): kind is "max", "min" or "sum". */
static PyObject *py_reduce(PyObject *self, PyObject *args) {
    (void)self;
    static const char *const names[] = {"image", "out"};
    PyObject *objects[2];
    Plane planes[2], *image = planes, *out = planes + 1;
    const char *kind;
    size taps[2], channels, stride[2], dilation[2], start[2];
    if (!PyArg_ParseTuple(args, "sOO(nn)n(nn)(nn)(nn)", &kind, &objects[0], &objects[1], &taps[0], &taps[1], &channels, &stride[0],
                          &stride[1], &dilation[0], &dilation[1], &start[0], &start[1]))
        return NULL;
    if (!open_planes(objects, planes, (int[]){2, 2}, names, 2)) return NULL;
    Windows w;
    int good = place(&w, out, taps[0], taps[1], channels, stride, dilation);
    if (good && (start[0] < -LARGEST || start[0] > LARGEST || start[1] < -LARGEST || start[1] > LARGEST))
        good = refuse("is out of range", "start");
    if (good && image->width % channels) good = refuse("has rows that are no whole pixels", "image");
    const size left = good ? start[1] * channels : 0;
#define ONE(FUNCTION, s, r, SOURCE, RESULT) \
    if (image->type == s && out->type == r) \
        found = 1, FUNCTION##_##SOURCE##_##RESULT(&w, image->view.buf, image->pitch, image->rows, image->width, start[0], left, \
                                                  out->view.buf, out->pitch);
#define MAXIMUM(s, r, SOURCE, RESULT) ONE(maximum, s, r, SOURCE, RESULT)
#define MINIMUM(s, r, SOURCE, RESULT) ONE(minimum, s, r, SOURCE, RESULT)
#define TOTAL(s, r, SOURCE, RESULT) ONE(total, s, r, SOURCE, RESULT)
    if (good && !strcmp(kind, "max")) RUN(EXTREME_TYPES, MAXIMUM);
    else if (good && !strcmp(kind, "min")) RUN(EXTREME_TYPES, MINIMUM);
    else if (good && !strcmp(kind, "sum")) RUN(TOTAL_TYPES, TOTAL);
    else if (good) good = refuse("is not max, min or sum", "kind");
#undef ONE
    return done(planes, 2, good);
}

/* levels(responses, levels, magnitude[, origin, gain, over, base]) -> (lowest, highest, clipped, not numbers) */
static PyObject *py_levels(PyObject *self, PyObject *args) {
    (void)self;
    static const char *const names[] = {"responses", "levels"};
    PyObject *objects[2];
    Plane planes[2], *responses = planes, *out = planes + 1;
    int magnitude;
    double origin = 0, gain = 1, over = 1, base = 0;
    if (!PyArg_ParseTuple(args, "OOp|dddd", &objects[0], &objects[1], &magnitude, &origin, &gain, &over, &base)) return NULL;
    if (!open_planes(objects, planes, (int[]){1, 1}, names, 2)) return NULL;
    Loss loss = {0};
    int good = responses->width == out->width || refuse("must be as many as the responses", "levels");
    const int plain = PyTuple_Size(args) == 3;
#define ONE(s, r, SOURCE, LEVEL) \
    if (responses->type == s && out->type == r) \
        found = 1, loss = plain ? levels_##SOURCE##_##LEVEL(responses->view.buf, out->view.buf, out->width, magnitude) \
                                : mapped_##SOURCE##_##LEVEL(responses->view.buf, out->view.buf, out->width, magnitude, origin, \
                                                            gain, over, base);
    if (good) RUN(LEVEL_TYPES, ONE);
#undef ONE
    close_planes(planes, 2);
    return good ? Py_BuildValue("ddnn", loss.lowest, loss.highest, loss.clipped, loss.not_numbers) : NULL;
}

/* means(sums, tall, wide, out): sums (rows, width) of tall[row] * wide[column] values each. */
static PyObject *py_means(PyObject *self, PyObject *args) {
    (void)self;
    static const char *const names[] = {"sums", "tall", "wide", "out"};
    PyObject *objects[4];
    Plane planes[4], *sums = planes, *tall = planes + 1, *wide = planes + 2, *out = planes + 3;
    if (!PyArg_ParseTuple(args, "OOOO", &objects[0], &objects[1], &objects[2], &objects[3])) return NULL;
    if (!open_planes(objects, planes, (int[]){2, 1, 1, 2}, names, 4)) return NULL;
    int good = 1;
    if (sums->rows != out->rows || sums->width != out->width || tall->width != out->rows || wide->width != out->width)
        good = refuse("must be of one size, with a count for each row and each column", "sums and out");
    if (good && (tall->type != 'i' || wide->type != 'i')) good = refuse("must be 32-bit whole numbers", "tall and wide");
    for (size i = 0; good && i < tall->width; i++)
        if (((const i32 *)tall->view.buf)[i] < 1) good = refuse("must be 1 or more", "tall");
    for (size i = 0; good && i < wide->width; i++)
        if (((const i32 *)wide->view.buf)[i] < 1) good = refuse("must be 1 or more", "wide");
#define ONE(s, r, SOURCE, RESULT) \
        if (sums->type == s && out->type == r) \
            found = 1, means_##SOURCE##_##RESULT(sums->view.buf, sums->pitch, out->rows, out->width, tall->view.buf, wide->view.buf, \
                                                out->view.buf, out->pitch);
    if (good) RUN(MEAN_TYPES, ONE);
#undef ONE
    return done(planes, 4, good);
}

/* magnitude(across, down, out, scale) */
static PyObject *py_magnitude(PyObject *self, PyObject *args) {
    (void)self;
    static const char *const names[] = {"across", "down", "out"};
    PyObject *objects[3];
    Plane planes[3], *across = planes, *down = planes + 1, *out = planes + 2;
    float scale;
    if (!PyArg_ParseTuple(args, "OOOf", &objects[0], &objects[1], &objects[2], &scale)) return NULL;
    if (!open_planes(objects, planes, (int[]){1, 1, 1}, names, 3)) return NULL;
    int good = 1;
    if (across->width != out->width || down->width != out->width || across->type != down->type || out->type != 'f')
        good = refuse("must be of one length and type, and the magnitudes floats", "across and down");
    if (good) {
        good = -1;
        Py_BEGIN_ALLOW_THREADS
        if (across->type == 'h') good = 1, magnitude_i16(across->view.buf, down->view.buf, out->view.buf, out->width, scale);
        if (across->type == 'i') good = 1, magnitude_i32(across->view.buf, down->view.buf, out->view.buf, out->width, scale);
        Py_END_ALLOW_THREADS
        if (good < 0) good = refuse("of these types have no loop", "values");
    }
    return done(planes, 3, good);
}

/* unfilter(filtered, above, out, pixel_bytes): rows of a PNG, each led by its filter, (rows, 1 + width); above (width). */
static PyObject *py_unfilter(PyObject *self, PyObject *args) {
    (void)self;
    static const char *const names[] = {"filtered", "above", "out"};
    PyObject *objects[3];
    Plane planes[3], *filtered = planes, *above = planes + 1, *out = planes + 2;
    size pixel;
    if (!PyArg_ParseTuple(args, "OOOn", &objects[0], &objects[1], &objects[2], &pixel)) return NULL;
    if (!open_planes(objects, planes, (int[]){2, 1, 2}, names, 3)) return NULL;
    int good = 1;
    for (int i = 0; good && i < 3; i++)
        if (planes[i].type != 'B') good = refuse("must be bytes", names[i]);
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
    return done(planes, 3, good);
}

static PyMethodDef methods[] = {
    {"correlate", py_correlate, METH_VARARGS, "Write the sums of windows times one kernel."},
    {"correlate_each", py_correlate_each, METH_VARARGS, "Write the sums of windows times a kernel for each channel."},
    {"separable", py_separable, METH_VARARGS, "Write the sums of windows times a column times a row."},
    {"box", py_box, METH_VARARGS, "Write the sums of windows."},
    {"reduce", py_reduce, METH_VARARGS, "Write the largest, smallest or total value of each window."},
    {"levels", py_levels, METH_VARARGS, "Map responses to levels, round and clip them; return what was lost."},
    {"means", py_means, METH_VARARGS, "Divide sums by how many values they are of."},
    {"magnitude", py_magnitude, METH_VARARGS, "Write the lengths of gradients."},
    {"unfilter", py_unfilter, METH_VARARGS, "Write the rows of a PNG as they were before its filters."},
    {NULL, NULL, 0, NULL},
};

static int add_limits(PyObject *module) {
    return PyModule_AddIntConstant(module, "BLOCK", BLOCK) || PyModule_AddIntConstant(module, "REACH", REACH) ? -1 : 0;
}

static PyModuleDef_Slot slots[] = {{Py_mod_exec, add_limits}, {0, NULL}};

static PyModuleDef definition = {PyModuleDef_HEAD_INIT, "_native", "The inner loops of the engine.", 0, methods, slots, NULL, NULL, NULL};

PyMODINIT_FUNC PyInit__native(void) { return PyModuleDef_Init(&definition); }
