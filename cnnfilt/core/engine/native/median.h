/* The medians of windows of any size of values of 8 bits, each channel on its own, at stride 1 (Perreault & Hebert 2007,
 * "Median filtering in constant time"). COUNT is the type of counts; it holds as many as a window has values.
 *
 * A histogram for each column runs down with the windows, and one for the window along the columns: both have a coarse
 * part of 16 bins and a fine one of 16 for each of these. They count the values up to and in a bin, so that a value is
 * added to 16 counts at once, and how many of 16 counts are no more than a rank tells the bin. The window's fine counts
 * are brought up to date where they are looked at.
 *
 * Arguments as in total.h; `columns` has room for LEVELS counts for each of TILE + taps - 1 columns. Padding counts for
 * nothing; of an even number of values the median is the lower of the two in the middle. */

/* One, from each of 16 bins on. */
static const COUNT JOIN(FROM, COUNT)[31] = {[15] = 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1};

PART void JOIN(move, COUNT)(COUNT *restrict column, u8 level, int sign) {
    COUNT *restrict coarse = column, *restrict fine = column + 16 + (level & ~15);
    const COUNT *high = JOIN(FROM, COUNT) + 15 - (level >> 4), *low = JOIN(FROM, COUNT) + 15 - (level & 15);
    if (sign > 0) {
        EACH_BIN(i) coarse[i] += high[i];
        EACH_BIN(i) fine[i] += low[i];
    } else {
        EACH_BIN(i) coarse[i] -= high[i];
        EACH_BIN(i) fine[i] -= low[i];
    }
}

PART void JOIN(slide, COUNT)(COUNT *window, const COUNT *gone, const COUNT *met) {
    EACH_BIN(i) window[i] += (COUNT)(met[i] - gone[i]);
}

PART COUNT JOIN(bin_of, COUNT)(const COUNT *counts, COUNT rank) {
    COUNT bin = 0;
    EACH_BIN(i) bin += counts[i] <= rank;
    return bin;
}

/* One row of n medians; column 0 of `columns` is the first that the first window has, `before` of the image's. */
PART void JOIN(row_of, COUNT)(const COUNT *columns, size n, size taps, size rows_met, size position, size length, size step, u8 *out) {
    COUNT coarse[16] = {0}, fine[16][16];
    size made[16]; /* for which window the fine counts are */
    EACH_BIN(i) made[i] = -1 - taps;
    for (size k = 0; k < taps; k++)
        EACH_BIN(i) coarse[i] += columns[k * LEVELS + i];
    for (size x = 0; x < n; x++) {
        if (x) JOIN(slide, COUNT)(coarse, columns + (x - 1) * LEVELS, columns + (x - 1 + taps) * LEVELS);
        const size met = least(position + x + taps, length) - most(position + x, 0);
        COUNT rank = (COUNT)((rows_met * met - 1) / 2);
        const COUNT high = JOIN(bin_of, COUNT)(coarse, rank);
        if (high) rank -= coarse[high - 1];
        COUNT *counts = fine[high];
        const COUNT *segment = columns + 16 + 16 * high;
        if (2 * (x - made[high]) > taps) {
            EACH_BIN(i) counts[i] = 0;
            for (size k = x; k < x + taps; k++)
                EACH_BIN(i) counts[i] += segment[k * LEVELS + i];
        } else
            for (size k = made[high]; k < x; k++) JOIN(slide, COUNT)(counts, segment + k * LEVELS, segment + (k + taps) * LEVELS);
        made[high] = x;
        out[x * step] = (u8)(16 * high + JOIN(bin_of, COUNT)(counts, rank));
    }
}

CLONES void JOIN(median, COUNT)(const Windows *w, const u8 *image, size pitch, size height, size length, size top, size left,
                                COUNT *columns, u8 *out, size out_pitch) {
    const size c = w->channels, pixels = w->width / c;
    for (size at = 0; at < pixels; at += TILE)
        for (size channel = 0; channel < c; channel++) {
            const size n = least(TILE, pixels - at), position = left + at;
            const size first = most(-position, 0), stop = least(length - position, n + w->taps - 1);
            const u8 *values = image + position * c + channel;
            memset(columns, 0, (size_t)((n + w->taps - 1) * LEVELS) * sizeof *columns);
            for (size y = 0; y < w->rows; y++) {
                const size begin = top + y, gone = begin - 1;
                if (y && gone >= 0 && gone < height)
                    for (size x = first; x < stop; x++) JOIN(move, COUNT)(columns + x * LEVELS, values[gone * pitch + x * c], -1);
                for (size row = y ? begin + w->height - 1 : most(begin, 0); row < least(begin + w->height, height); row++)
                    if (row >= 0)
                        for (size x = first; x < stop; x++) JOIN(move, COUNT)(columns + x * LEVELS, values[row * pitch + x * c], 1);
                const size rows_met = least(begin + w->height, height) - most(begin, 0);
                JOIN(row_of, COUNT)(columns, n, w->taps, rows_met, position, length, c, out + y * out_pitch + at * c + channel);
            }
        }
}
