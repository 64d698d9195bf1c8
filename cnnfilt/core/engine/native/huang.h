/* The medians of windows of any shape, each channel on its own, by a histogram that slides along the rows (Huang, Yang &
 * Tang 1979, "A fast two-dimensional median filtering algorithm"): of every run of taps one value goes and one comes.
 * VALUE is unsigned, of BITS bits.
 *
 * Arguments as in runs.h, but a run is (row of the window, first tap, taps); taps lie side by side along a row. `counts`
 * has room for COUNTS(BITS): how many values there are of each level, of 16 levels together, of 256 and so on. */

PART void JOIN(take, VALUE)(i32 *counts, VALUE value, i32 by) {
    counts[value] += by;
    counts += (size)1 << BITS;
    for (int bits = 4; bits < BITS; bits += 4) {
        counts[value >> bits] += by;
        counts += (size)1 << (BITS - bits);
    }
}

/* The value of that rank, counted from 0. */
PART VALUE JOIN(value_at, VALUE)(const i32 *counts, i32 rank) {
    const i32 *level = counts + COUNTS(BITS);
    size value = 0;
    for (int bits = 4; bits <= BITS; bits += 4) {
        level -= (size)1 << bits;
        for (value *= 16; level[value] <= rank; value++) rank -= level[value];
    }
    return (VALUE)value;
}

/* Take the values of a window in, or out again; returns how many they are. */
PART i32 JOIN(take_all, VALUE)(i32 *counts, const Windows *w, const VALUE *image, size pitch, size height, size length,
                               size row, size position, const i32 *runs, size count, i32 by) {
    i32 taken = 0;
    for (size r = 0; r < count; r++) {
        const size i = row + runs[3 * r] * w->step_down, start = position + runs[3 * r + 1], stop = start + runs[3 * r + 2];
        if (i < 0 || i >= height) continue;
        for (size x = most(start, 0); x < least(stop, length); x++, taken++) JOIN(take, VALUE)(counts, image[i * pitch + x * w->channels], by);
    }
    return taken;
}

/* Let the window move on by one pixel; returns how many values it has more. */
PART i32 JOIN(step, VALUE)(i32 *counts, const Windows *w, const VALUE *image, size pitch, size height, size length,
                           size row, size position, const i32 *runs, size count) {
    i32 more = 0;
    for (size r = 0; r < count; r++) {
        const size i = row + runs[3 * r] * w->step_down, gone = position + runs[3 * r + 1], met = gone + runs[3 * r + 2];
        if (i < 0 || i >= height) continue;
        const VALUE *p = image + i * pitch;
        if (gone >= 0 && gone < length) JOIN(take, VALUE)(counts, p[gone * w->channels], -1), more--;
        if (met >= 0 && met < length) JOIN(take, VALUE)(counts, p[met * w->channels], 1), more++;
    }
    return more;
}

CLONES void JOIN(huang, VALUE)(const Windows *w, const VALUE *image, size pitch, size height, size length, size top, size left,
                               const i32 *runs, size count, i32 *counts, VALUE *out, size out_pitch) {
    const size c = w->channels, pixels = w->width / c;
    memset(counts, 0, (size_t)COUNTS(BITS) * sizeof *counts);
    for (size y = 0; y < w->rows; y++)
        for (size channel = 0; channel < c; channel++) {
            const VALUE *values = image + channel;
            const size row = top + y * w->stride_down;
            size position = left;
#define WINDOW counts, w, values, pitch, height, length, row, position, runs, count
            i32 held = JOIN(take_all, VALUE)(WINDOW, 1);
            for (size x = 0; x < pixels; x++) {
                if (x && w->stride_along < w->taps)
                    for (size s = 0; s < w->stride_along; s++, position++) held += JOIN(step, VALUE)(WINDOW);
                else if (x) {
                    JOIN(take_all, VALUE)(WINDOW, -1);
                    position += w->stride_along;
                    held = JOIN(take_all, VALUE)(WINDOW, 1);
                }
                out[y * out_pitch + x * c + channel] = held ? JOIN(value_at, VALUE)(counts, (held - 1) / 2) : 0;
            }
            JOIN(take_all, VALUE)(WINDOW, -1);
#undef WINDOW
        }
}
