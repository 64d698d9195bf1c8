/* The largest or smallest value of each window of any shape, for one operation (NAME, COMBINE, START as in extreme.h) and
 * one type of values (VALUE).
 *
 * A shape is runs of taps side by side: (row of the window, first tap, which of `lengths`). Of each row of the image the
 * extremes of runs of every length are made once, by doubling, and kept for as long as windows reach that row: `kept`
 * has room for (span of a window down) x (lengths) x (BLOCK + reach) values. The lengths grow. */

PART void JOIN3(NAME, fold, VALUE)(VALUE *best, const VALUE *const met[4], size n) {
    const VALUE *a = met[0], *b = met[1], *c = met[2], *d = met[3];
    for (size x = 0; x < n; x++) {
        const VALUE ab = COMBINE(a[x], b[x]), cd = COMBINE(c[x], d[x]), abcd = COMBINE(ab, cd);
        best[x] = COMBINE(best[x], abcd);
    }
}

/* Write the extremes of runs of every length that begin in a row of n values; `line` is that row, and overwritten. */
PART void JOIN3(NAME, runs_of, VALUE)(VALUE *line, VALUE *other, VALUE *kept, size n, size step, const i32 *lengths, size count) {
    const size room = n;
    size wide = 1;
    for (size k = 0; k < count; k++) {
        for (; 2 * wide <= lengths[k]; wide *= 2) {
            n -= wide * step;
            const VALUE *met = line + wide * step;
            for (size x = 0; x < n; x++) other[x] = COMBINE(line[x], met[x]);
            VALUE *swapped = line;
            line = other, other = swapped;
        }
        const size more = (lengths[k] - wide) * step;
        const VALUE *met = line + more;
        VALUE *to = kept + k * room;
        for (size x = 0; x < n - more; x++) to[x] = COMBINE(line[x], met[x]);
    }
}

CLONES void JOIN3(NAME, runs, VALUE)(const Windows *w, const VALUE *image, size pitch, size height, size length, size top, size left,
                                     const i32 *runs, size count, const i32 *lengths, size distinct, VALUE *kept, VALUE *out,
                                     size out_pitch) {
    const size block = block_of(w, BLOCK), reach = reach_along(w), span = (w->height - 1) * w->step_down + 1;
    VALUE line[BLOCK + REACH], other[BLOCK + REACH], best[BLOCK];
    for (size at = 0; at < w->width; at += block) {
        const size n = least(block, w->width - at), m = spread(w, n), from = left + at * w->stride_along, all = m + reach;
        const size first = least(most(-from, 0), all), stop = most(least(length - from, all), first);
        size ready = top; /* the first row of the image that has not been seen */
        for (size y = 0; y < w->rows; y++) {
            const size begin = top + y * w->stride_down;
            for (size row = most(ready, begin); row < begin + span; row++) {
                if (row < 0 || row >= height) continue;
                const VALUE *p = image + row * pitch;
                for (size x = 0; x < all; x++) line[x] = START;
                for (size x = first; x < stop; x++) line[x] = p[from + x];
                JOIN3(NAME, runs_of, VALUE)(line, other, kept + row % span * distinct * all, all, w->step_along, lengths, distinct);
            }
            ready = begin + span;
            for (size x = 0; x < m; x++) best[x] = START;
            const VALUE *met[4];
            size waiting = 0;
            for (size r = 0; r < count; r++) {
                const i32 *run = runs + 3 * r;
                const size row = begin + run[0] * w->step_down;
                if (row < 0 || row >= height) continue;
                met[waiting++] = kept + (row % span * distinct + run[2]) * all + run[1] * w->step_along;
                if (waiting == 4) {
                    JOIN3(NAME, fold, VALUE)(best, met, m);
                    waiting = 0;
                }
            }
            for (size r = 0; r < waiting; r++)
                for (size x = 0; x < m; x++) best[x] = COMBINE(best[x], met[r][x]);
            VALUE *to = out + y * out_pitch + at;
            PICK_OUTPUTS(w, to, best, n);
        }
    }
}
