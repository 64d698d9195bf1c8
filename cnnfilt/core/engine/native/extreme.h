/* The largest or smallest value of each window, for one operation (NAME, COMBINE of two values, START where there is
 * none) and one type of values (VALUE). Arguments as in total.h.
 *
 * Down the windows four rows of results share what their windows have in common; along them the windows double: of 2, 4,
 * 8 values, and the last step overlaps, which the extreme of a window does not mind. */

/* Combine a row of the image with `from` into `to`, where it lies on the image; beside it, copy. */
PART void JOIN3(NAME, meet, VALUE)(VALUE *to, const VALUE *from, const VALUE *row, size first, size stop, size n) {
    if (!row) first = stop = n;
    for (size x = 0; x < first; x++) to[x] = from[x];
    for (size x = first; x < stop; x++) to[x] = COMBINE(from[x], row[x]);
    for (size x = stop; x < n; x++) to[x] = from[x];
}

/* The extremes of `taps` values, `step` apart, for m places; both buffers are overwritten. Returns where they are. */
PART VALUE *JOIN3(NAME, along, VALUE)(VALUE *restrict a, VALUE *restrict b, size m, size taps, size step) {
    size wide = 1, n = m + (taps - 1) * step;
    for (; 2 * wide <= taps; wide *= 2) {
        n -= wide * step;
        const VALUE *met = a + wide * step;
        for (size x = 0; x < n; x++) b[x] = COMBINE(a[x], met[x]);
        VALUE *swapped = a;
        a = b, b = swapped;
    }
    if (wide == taps) return a;
    const VALUE *met = a + (taps - wide) * step;
    for (size x = 0; x < m; x++) b[x] = COMBINE(a[x], met[x]);
    return b;
}

CLONES void JOIN3(NAME, VALUE, VALUE)(const Windows *w, const VALUE *image, size pitch, size height, size length, size top,
                                      size left, Target *target) {
    VALUE *out = target->to;
    const size block = block_of(w, BLOCK_OF(VALUE)), reach = reach_along(w);
    const size most_rows = w->stride_down == 1 && w->step_down == 1 && w->height >= 4 ? 4 : 1;
    VALUE columns[4][BLOCK_OF(VALUE) + REACH], other[BLOCK_OF(VALUE) + REACH];
#define ROW(i) ((i) < 0 || (i) >= height ? NULL : image + (i) * pitch + from)
    for (size y = 0; y < w->rows; y += most_rows)
        for (size at = 0; at < w->width; at += block) {
            const size n = least(block, w->width - at), m = spread(w, n), from = left + at * w->stride_along, all = m + reach;
            /* Of the values that the block meets, those on the image. */
            const size first = least(most(-from, 0), all), stop = most(least(length - from, all), first);
            const size rows = least(most_rows, w->rows - y), begin = top + y * w->stride_down, end = begin + w->height;
            VALUE *common = columns[rows - 1];
            for (size x = 0; x < all; x++) common[x] = START;
            for (size i = rows - 1; i < w->height; i++) {
                const VALUE *row = ROW(begin + i * w->step_down);
                if (row) for (size x = first; x < stop; x++) common[x] = COMBINE(common[x], row[x]);
            }
            for (size k = rows - 2; k >= 0; k--) JOIN3(NAME, meet, VALUE)(columns[k], columns[k + 1], ROW(begin + k), first, stop, all);
            if (rows > 1) {
                for (size x = 0; x < all; x++) other[x] = START;
                for (size k = 1; k < rows; k++) {
                    const VALUE *row = ROW(end + k - 1);
                    VALUE *column = columns[k];
                    if (row) for (size x = first; x < stop; x++) other[x] = COMBINE(other[x], row[x]);
                    for (size x = first; x < stop; x++) column[x] = COMBINE(column[x], other[x]);
                }
            }
            for (size k = 0; k < rows; k++) {
                const VALUE *best = JOIN3(NAME, along, VALUE)(columns[k], other, m, w->taps, w->step_along);
                VALUE *to = out + (y + k) * target->pitch + at;
                PICK_OUTPUTS(w, to, best, n);
            }
        }
#undef ROW
}
