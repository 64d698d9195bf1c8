/* Add one or two rows, `step` apart, to the sums of n columns, or begin them with these. */
PART void JOIN3(add_rows, SOURCE, SUM)(SUM *column, const SOURCE *a, size step, size n, size count, int begin) {
    if (count == 2 && begin)
        for (size x = 0; x < n; x++) column[x] = (SUM)((SUM)a[x] + (SUM)a[x + step]);
    else if (count == 2)
        for (size x = 0; x < n; x++) column[x] += (SUM)((SUM)a[x] + (SUM)a[x + step]);
    else if (begin)
        for (size x = 0; x < n; x++) column[x] = (SUM)a[x];
    else
        for (size x = 0; x < n; x++) column[x] += (SUM)a[x];
}

/* The sum of each window, for one type of values (SOURCE) and one of sums (SUM), which may become means.
 *
 * The windows may reach beyond the image, `height` rows of `length` values: what lies there takes no part. Row 0 of the
 * output begins at image row `top`, its value 0 at value `left`; both may be negative. */
#ifdef PAIRS
/* Write the sums of each two values side by side in one or two rows, or (add) add them: as words, whose halves they are. */
PART void JOIN3(add_pairs, SOURCE, SUM)(SUM *sums, const SOURCE *a, size step, size n, size count, int add) {
    for (size x = 0; x < n; x++) {
        u16 upper, lower = 0;
        memcpy(&upper, a + 2 * x, sizeof upper);
        if (count == 2) memcpy(&lower, a + 2 * x + step, sizeof lower);
        sums[x] = (SUM)((add ? sums[x] : 0) + (upper & 255) + (upper >> 8) + (lower & 255) + (lower >> 8));
    }
}
#endif

CLONES void JOIN3(total, SOURCE, SUM)(const Windows *w, const SOURCE *image, size pitch, size height, size length, size top,
                                        size left, Target *target) {
    const size block = block_of(w, BLOCK_OF(SUM)), reach = reach_along(w);
#ifdef PAIRS
    const int pairs = w->channels == 1 && w->stride_along == 2 && w->taps == 2 && w->step_along == 1;
#endif
    SUM column[BLOCK_OF(SUM) + REACH], sums[BLOCK_OF(SUM)];
    for (size y = 0; y < w->rows; y++) {
        const size above = top + y * w->stride_down;
        /* Of the window's rows, those on the image. */
        const size up = least(most((w->step_down - 1 - above) / w->step_down, 0), w->height);
        const size down = least(most((height - above + w->step_down - 1) / w->step_down, up), w->height);
        for (size at = 0; at < w->width; at += block) {
            const size n = least(block, w->width - at), m = spread(w, n), from = left + at * w->stride_along;
            /* Of the values that the block meets, those on the image. */
            const size first = least(most(-from, 0), m + reach), stop = most(least(length - from, m + reach), first);
#ifdef PAIRS
            if (pairs && !first && stop == m + reach && down > up) {
                for (size i = up; i < down; i += 2) {
                    const SOURCE *p = image + (above + i * w->step_down) * pitch + from;
                    if (down - i > 1 && i == up) JOIN3(add_pairs, SOURCE, SUM)(sums, p, w->step_down * pitch, n, 2, 0);
                    else JOIN3(add_pairs, SOURCE, SUM)(sums, p, w->step_down * pitch, n, least(down - i, 2), i > up);
                }
                PUT_TOTAL(SUM, w, target, y, at, sums, n, 1);
                continue;
            }
#endif
            memset(column, 0, (size_t)first * sizeof *column);
            memset(column + stop, 0, (size_t)(m + reach - stop) * sizeof *column);
            if (up == down) memset(column + first, 0, (size_t)(stop - first) * sizeof *column);
            for (size i = up; i < down; i += 2)
                JOIN3(add_rows, SOURCE, SUM)(column + first, image + (above + i * w->step_down) * pitch + from + first,
                                             w->step_down * pitch, stop - first, least(down - i, 2), i == up);
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
        if (target->means) note_levels(target, y, w->width);
    }
}
