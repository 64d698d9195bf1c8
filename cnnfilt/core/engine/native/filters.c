/* Many filters over all channels. */
#include "native.h"

#if defined(__GNUC__) && !defined(__clang__)
#define PRAGMA(text) _Pragma(#text)
#define UNROLL(times) PRAGMA(GCC unroll times)
#else
#define UNROLL(times)
#endif

/* So many values stay in a second-level cache. */
enum { NEAR = 1 << 16 };

/* What a window meets in some of its rows, taps and channels: rows of runs of values, `along` from one to the next. */
typedef struct {
    size rows, row_step, runs, run_step, length, along;
} Runs;

/* How many values that is. */
PART size values_of(const Cells *part) { return (size)part->rows * part->taps * part->channels; }

/* Taps side by side of all channels are one run. */
PART Runs runs_of(const Windows *w, const Cells *part, size pitch) {
    const int is_one = w->step_along == w->channels && part->channels == w->channels;
    return (Runs){part->rows, w->step_down * pitch, is_one ? 1 : part->taps, w->step_along, part->channels * (is_one ? part->taps : 1), 1};
}

/* How far the first of these values lies from where a window begins. */
PART size first_of(const Windows *w, const Cells *part, size pitch) {
    return part->row * w->step_down * pitch + part->tap * w->step_along + part->channel;
}

/* Write what n windows from pixel x on meet, one after the other, each in one run; what is beside the source, too. */
PART void pack(const Windows *w, const Cells *part, const f32 *row, size pitch, size x, size n, const f32 *outside, f32 *out) {
    const Runs met = runs_of(w, part, pitch);
    for (size p = 0; p < n; p++)
        for (size i = 0; i < met.rows; i++) {
            const f32 *values = row + (part->row + i) * met.row_step;
            size at = (x + p) * w->stride_along * w->channels + part->tap * w->step_along + part->channel;
            for (size j = 0; j < met.runs; j++, at += met.run_step, out += met.length) {
                if (is_inside(w, at, met.length)) {
                    memcpy(out, values + at - w->left, (size_t)met.length * sizeof *out);
                    continue;
                }
                for (size k = 0; k < met.length; k++) {
                    const size place = at + k, seen = place - w->left;
                    const size value = seen >= 0 && seen < w->inner ? seen : value_at(w, place);
                    out[k] = value < 0 ? outside[place % w->channels] : values[value];
                }
            }
        }
}

#define PIXELS 12
#define FILTERS 8
#include "filters.h"
#undef PIXELS
#undef FILTERS
#define PIXELS 6
#define FILTERS 16
#include "filters.h"
#undef PIXELS
#undef FILTERS
#define PIXELS 8
#define FILTERS 32
#include "filters.h"
