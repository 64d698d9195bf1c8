/* The sum of each window, for one type of values (SOURCE) and one of sums (SUM), which may become means.
 *
 * The windows may reach beyond the image, `height` rows of `length` values: what lies there takes no part. Row 0 of the
 * output begins at image row `top`, its value 0 at value `left`; both may be negative. */
CLONES void JOIN3(total, SOURCE, SUM)(const Windows *w, const SOURCE *image, size pitch, size height, size length, size top,
                                        size left, Target *target) {
    const size block = block_of(w, BLOCK_OF(SUM)), reach = reach_along(w);
    SUM column[BLOCK_OF(SUM) + REACH], sums[BLOCK_OF(SUM)];
    for (size y = 0; y < w->rows; y++)
        for (size at = 0; at < w->width; at += block) {
            const size n = least(block, w->width - at), m = spread(w, n), from = left + at * w->stride_along;
            /* Of the values that the block meets, those on the image. */
            const size first = least(most(-from, 0), m + reach), stop = most(least(length - from, m + reach), first);
            for (size x = 0; x < m + reach; x++) column[x] = 0;
            for (size i = 0; i < w->height; i++) {
                const size row = top + y * w->stride_down + i * w->step_down;
                if (row < 0 || row >= height) continue;
                const SOURCE *p = image + row * pitch;
                for (size x = first; x < stop; x++) column[x] += (SUM)p[from + x];
            }
            /* Of every second value of gray rows only those wanted are added up: there compilers know how. */
            const size skips = w->channels == 1 && w->stride_along == 2;
            for (size j = 0; j < w->taps; j++) {
                const SUM *met = column + j * w->step_along;
                if (skips && !j)
                    for (size x = 0; x < n; x++) sums[x] = met[2 * x];
                else if (skips)
                    for (size x = 0; x < n; x++) sums[x] += met[2 * x];
                else if (!j)
                    for (size x = 0; x < m; x++) sums[x] = met[x];
                else
                    for (size x = 0; x < m; x++) sums[x] += met[x];
            }
            PUT_TOTAL(SUM, w, target, y, at, sums, n, skips);
        }
}
