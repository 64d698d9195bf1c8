/* What windows meet, as the rows of a matrix: im2col. */
#include "native.h"

/* Copy a few floats: for counts that compilers know, without a call. */
PART void copy(f32 *restrict out, const f32 *restrict values, size n) {
    if (n == 3) memcpy(out, values, 3 * sizeof *out);
    else if (n == 9) memcpy(out, values, 9 * sizeof *out);
    else memcpy(out, values, (size_t)n * sizeof *out);
}

/* For each window in turn, the values that its cells meet: row by row, tap by tap, channel by channel. Taps side by side of
 * all channels are one run of values. */
CLONES void gather(const Windows *w, const f32 *source, size pitch, const f32 *outside, const Cells *cells, f32 *out) {
    const size joins = w->step_along == w->channels && cells->channels == w->channels;
    const size runs = joins ? 1 : cells->taps, length = joins ? cells->taps * w->channels : cells->channels;
    for (size y = 0; y < w->rows; y++)
        for (size x = 0; x < w->width / w->channels; x++)
            for (size i = 0; i < cells->rows; i++) {
                const f32 *p = source + (y * w->stride_down + (cells->row + i) * w->step_down) * pitch;
                size at = x * w->stride_along * w->channels + cells->tap * w->step_along + cells->channel;
                for (size j = 0; j < runs; j++, at += w->step_along, out += length) {
                    if (at >= w->left && at + length <= w->left + w->inner) {
                        copy(out, p + at - w->left, length);
                        continue;
                    }
                    for (size k = 0; k < length; k++) {
                        const size place = at + k, seen = place - w->left;
                        const size value = seen >= 0 && seen < w->inner ? seen : value_at(w, place);
                        out[k] = value < 0 ? outside[place % w->channels] : p[value];
                    }
                }
            }
}
