/* Sums of all values of windows, for one type of values (SOURCE) and one of sums (SUM, unsigned).
 *
 * The sums of the columns run along with the rows: one row enters, one leaves. `columns` is memory for them, as many
 * as a row of the source has values that windows meet. Along a row sums of 1, 2, 4, ... values are doubled, and those
 * that the width is made of are added: 15 is 8 + 4 + 2 + 1. Stride and dilation 1. */
CLONES void JOIN3(box, SOURCE, SUM)(const Windows *w, const SOURCE *source, size pitch, SUM *out, size out_pitch, SUM *columns) {
    const size reach = reach_along(w), all = w->width + reach;
    SUM power[BLOCK_OF(SUM) + REACH], sums[BLOCK_OF(SUM)];
    memset(columns, 0, (size_t)all * sizeof *columns);
    for (size i = 0; i < w->height - 1; i++)
        for (size x = 0; x < all; x++) columns[x] += source[i * pitch + x];
    for (size y = 0; y < w->rows; y++) {
        const SOURCE *enters = source + (y + w->height - 1) * pitch, *leaves = source + y * pitch;
        for (size x = 0; x < all; x++) columns[x] += enters[x];
        for (size at = 0; at < w->width; at += BLOCK_OF(SUM)) {
            const size n = least(BLOCK_OF(SUM), w->width - at);
            size length = n + reach, taken = 0;
            memcpy(power, columns + at, (size_t)length * sizeof *power);
            memset(sums, 0, sizeof sums);
            for (size bits = w->taps, doubled = 1; bits; bits >>= 1, doubled *= 2) {
                if (bits & 1) {
                    const SUM *part = power + taken * w->channels;
                    for (size x = 0; x < n; x++) sums[x] += part[x];
                    taken += doubled;
                }
                const size step = doubled * w->channels;
                length -= step;
                /* Forwards, each value is read before its place is written. */
                if (bits > 1)
                    for (size x = 0; x < length; x++) power[x] += power[x + step];
            }
            memcpy(out + y * out_pitch + at, sums, (size_t)n * sizeof *sums);
        }
        for (size x = 0; x < all; x++) columns[x] -= leaves[x];
    }
}
