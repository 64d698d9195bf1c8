/* Sums of all values of windows, for one type of values (SOURCE) and one of sums (SUM, unsigned).
 *
 * The sums of the columns run along with the rows: one row enters, one leaves. `columns` is memory for them, as many
 * as a row of the source has values that windows meet. Along a row sums of 1, 2, 4, ... values are doubled, and those
 * that the width is made of are added: 15 is 1 + 2 + 4 + 8. Stride and dilation 1.
 * For means the lowest and highest sum is noted. The columns beside the source are those of other places, or of so many
 * `outside`, a value for each channel. */
CLONES void JOIN3(box, SOURCE, SUM)(const Windows *w, const SOURCE *source, size pitch, Target *target, SUM *columns,
                                    const SUM *outside) {
    const size reach = reach_along(w), all = w->length;
    SUM doubles[2][BLOCK_OF(SUM) + REACH], sums[BLOCK_OF(SUM)], low = (SUM)-1, high = 0;
    SUM *inside = columns + w->left;
    memset(columns, 0, (size_t)all * sizeof *columns);
    for (size i = 0; i < w->height; i++)
        for (size x = 0; x < w->inner; x++) inside[x] += source[i * pitch + x];
    for (size y = 0; y < w->rows; y++) {
        if (y) {
            const SOURCE *left = source + (y - 1) * pitch, *enters = left + w->height * pitch;
            for (size x = 0; x < w->inner; x++) inside[x] = (SUM)(inside[x] + enters[x] - left[x]);
        }
        for (size x = 0; x < all; x++) {
            if (x == w->left) x += w->inner;
            if (x >= all) break;
            const size from = value_at(w, x);
            columns[x] = from < 0 ? (SUM)((u32)w->height * (u32)outside[x % w->channels]) : inside[from];
        }
        for (size at = 0; at < w->width; at += BLOCK_OF(SUM)) {
            const size n = least(BLOCK_OF(SUM), w->width - at);
            const SUM *power = columns + at; /* sums of 1, then 2, 4, ... values */
            size length = n + reach, taken = 0;
            for (size bits = w->taps, doubled = 1; bits; bits >>= 1, doubled *= 2) {
                const SUM *part = power + taken * w->channels;
                if (bits & 1 && !taken) memcpy(sums, part, (size_t)n * sizeof *sums);
                else if (bits & 1)
                    for (size x = 0; x < n; x++) sums[x] += part[x];
                taken += bits & 1 ? doubled : 0;
                SUM *next = doubles[power == doubles[0]];
                const size step = doubled * w->channels;
                length -= step;
                if (bits > 1)
                    for (size x = 0; x < length; x++) next[x] = power[x] + power[x + step];
                power = next;
            }
            if (target->means)
                for (size x = 0; x < n; x++) low = sums[x] < low ? sums[x] : low, high = sums[x] > high ? sums[x] : high;
            PUT_TOTAL(SUM, w, target, y, at, sums, n, 1);
        }
    }
    target->loss.lowest = low, target->loss.highest = high;
}
