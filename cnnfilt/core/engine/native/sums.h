/* Weighted sums of windows, for one type of values (SOURCE) and one of sums (SUM, computed as WORK).
 *
 * A pass adds up to four taps, so that the sums are read and written once for all of them. Taps of 0 are left out:
 * 0 times infinity would be no number. Sums are always made for a whole block, whatever is wanted of it: loops of a
 * known length are faster, and no value depends on where a block ends. What lies behind the values of a row was cleared,
 * or belongs to a block before. */

/* From rows of sums, and from rows of the image. */
#define ADD add_taps
#define VALUE SUM
#include "adding.h"
#undef ADD
#undef VALUE
#define ADD add_rows
#define VALUE SOURCE
#include "adding.h"
#undef ADD
#undef VALUE

/* A pair of rows with one weight: bytes are added before they are converted. */
PART void JOIN3(add_pairs, SOURCE, SUM)(SUM *sums, size n, const SOURCE *const *rows, const WORK *weights, int count) {
    const SOURCE *a = rows[0], *b = rows[1], *c = rows[2], *d = rows[3];
    if (count == 4)
        for (size x = 0; x < n; x++)
            sums[x] = (SUM)((WORK)sums[x] + weights[0] * (WORK)PAIR(a[x], b[x]) + weights[2] * (WORK)PAIR(c[x], d[x]));
    else if (count == 2)
        for (size x = 0; x < n; x++) sums[x] = (SUM)((WORK)sums[x] + weights[0] * (WORK)PAIR(a[x], b[x]));
}

/* Add to the sums of a block, or (fresh) to `start`, what a row of the kernel makes of a row of values; return how many taps
 * were not 0. */
PART size JOIN3(add_row, SOURCE, SUM)(SUM *sums, const SUM *row, const SUM *kernel, size taps, size step, int fresh, WORK start) {
    size added = 0;
    for (size j = 0; j < taps;) {
        const SUM *met[4] = {row, row, row, row};
        WORK weights[4] = {0};
        int count = 0;
        for (; j < taps && count < 4; j++)
            if (kernel[j]) weights[count] = (WORK)kernel[j], met[count++] = row + j * step;
        JOIN3(add_taps, SOURCE, SUM)(sums, BLOCK_OF(SUM), met, weights, count, fresh, start);
        added += count;
        fresh = 0;
    }
    return added;
}

/* Any kernel, one for all channels: out[y][x] = bias + the sum of kernel[i][j] * what tap (i, j) meets.
 * After ADDENDS taps their sum joins the others', which bounds the rounding of floats. */
CLONES void JOIN3(correlate, SOURCE, SUM)(const Windows *w, const SOURCE *source, size pitch, Target *target, const SUM *kernel,
                                          const SUM *bias) {
    enum { ADDENDS = 32 };
    const size block = block_of(w, BLOCK_OF(SUM));
    SUM row[BLOCK_OF(SUM) + REACH] = {0}, part[BLOCK_OF(SUM)], sums[BLOCK_OF(SUM)];
    for (size y = 0; y < w->rows; y++)
        for (size at = 0; at < w->width; at += block) {
            const size n = least(block, w->width - at), m = met_by(w, at, n);
            SUM *whole = WHERE(SUM, w, target, y, at, n, sums), *to = whole;
            size added = 0;
            WORK start = (WORK)*bias;
            for (size i = 0; i < w->height; i++) {
                const SOURCE *p = source + (y * w->stride_down + i * w->step_down) * pitch + at * w->stride_along;
                for (size x = 0; x < m; x++) row[x] = (SUM)p[x];
                added += JOIN3(add_row, SOURCE, SUM)(to, row, kernel + i * w->taps, w->taps, w->step_along, !added, start);
                if (added < ADDENDS && i < w->height - 1) continue;
                if (to == part)
                    for (size x = 0; x < BLOCK_OF(SUM); x++) whole[x] = (SUM)((WORK)whole[x] + (WORK)part[x]);
                to = part, start = 0, added = 0;
            }
            PUT(SUM, w, target, y, at, whole, n);
        }
}

/* A filter for each channel: kernel[i][j] is a row of BLOCK weights, those of the channels over and over. */
CLONES void JOIN3(correlate_each, SOURCE, SUM)(const Windows *w, const SOURCE *source, size pitch, Target *target,
                                               const SUM *kernel, const SUM *bias) {
    const size block = block_of(w, BLOCK);
    SUM row[BLOCK + REACH] = {0}, part[BLOCK], sums[BLOCK];
    for (size y = 0; y < w->rows; y++)
        for (size at = 0; at < w->width; at += block) {
            const size n = least(block, w->width - at), m = met_by(w, at, n);
            memcpy(sums, bias, sizeof sums);
            for (size i = 0; i < w->height; i++) {
                const SOURCE *p = source + (y * w->stride_down + i * w->step_down) * pitch + at * w->stride_along;
                for (size x = 0; x < m; x++) row[x] = (SUM)p[x];
                memset(part, 0, sizeof part);
                for (size j = 0; j < w->taps; j++) {
                    const SUM *met = row + j * w->step_along, *weights = kernel + (i * w->taps + j) * BLOCK;
                    for (size x = 0; x < BLOCK; x++) part[x] = (SUM)((WORK)part[x] + (WORK)weights[x] * (WORK)met[x]);
                }
                for (size x = 0; x < BLOCK; x++) sums[x] = (SUM)((WORK)sums[x] + (WORK)part[x]);
            }
            PUT(SUM, w, target, y, at, sums, n);
        }
}

/* How many pairs of rows of a column have one weight each: of a symmetric column all, else none. A short column is added
 * in one pass without them. */
PART size JOIN3(pairs, SOURCE, SUM)(const Windows *w, const SUM *down) {
    for (size i = 0; i < w->height / 2; i++)
        if (down[i] != down[w->height - 1 - i]) return 0;
    return w->height > 4 ? w->height / 2 : 0;
}

/* Make the sums of a block: down the columns of its m values from p on, then along what they make, from `start` on. */
PART void JOIN3(down_and_along, SOURCE, SUM)(const Windows *w, const SOURCE *p, size pitch, size m, const SUM *down, size pairs,
                                             const SUM *along, SUM *column, SUM *sums, WORK start) {
    const size below = w->step_down * pitch;
    size i = pairs;
    do {
        const SOURCE *rows[4] = {p, p, p, p};
        WORK weights[4] = {0};
        const int fresh = i == pairs;
        int count = 0;
        for (; i < w->height - pairs && count < 4; i++)
            if (down[i]) weights[count] = (WORK)down[i], rows[count++] = p + i * below;
        JOIN3(add_rows, SOURCE, SUM)(column, m, rows, weights, count, fresh, 0);
    } while (i < w->height - pairs);
    for (i = 0; i < pairs;) {
        const SOURCE *rows[4] = {p, p, p, p};
        WORK weights[4] = {0};
        int count = 0;
        for (; i < pairs && count < 4; i++) {
            if (!down[i]) continue;
            weights[count] = (WORK)down[i], rows[count++] = p + i * below;
            weights[count] = (WORK)down[i], rows[count++] = p + (w->height - 1 - i) * below;
        }
        JOIN3(add_pairs, SOURCE, SUM)(column, m, rows, weights, count);
    }
    JOIN3(add_row, SOURCE, SUM)(sums, column, along, w->taps, w->step_along, 1, start);
}

/* A column times a row. */
CLONES void JOIN3(separable, SOURCE, SUM)(const Windows *w, const SOURCE *source, size pitch, Target *target, const SUM *down,
                                          const SUM *along, const SUM *bias) {
    const size block = block_of(w, BLOCK_OF(SUM)), pairs = JOIN3(pairs, SOURCE, SUM)(w, down);
    SUM column[BLOCK_OF(SUM) + REACH] = {0}, sums[BLOCK_OF(SUM)];
    for (size y = 0; y < w->rows; y++)
        for (size at = 0; at < w->width; at += block) {
            const size n = least(block, w->width - at), m = met_by(w, at, n);
            const SOURCE *p = source + y * w->stride_down * pitch + at * w->stride_along;
            SUM *whole = WHERE(SUM, w, target, y, at, n, sums);
            JOIN3(down_and_along, SOURCE, SUM)(w, p, pitch, m, down, pairs, along, column, whole, (WORK)*bias);
            PUT(SUM, w, target, y, at, whole, n);
        }
}

#ifdef LENGTH
/* The lengths of gradients, scale * sqrt(across^2 + down^2): columns and rows hold two kernels each, of the one that goes
 * across and of the one that goes down. */
CLONES void JOIN3(gradient, SOURCE, SUM)(const Windows *w, const SOURCE *source, size pitch, Target *target,
                                         const SUM *columns, const SUM *rows, f32 scale) {
    const size block = block_of(w, BLOCK_OF(SUM));
    const size pairs[] = {JOIN3(pairs, SOURCE, SUM)(w, columns), JOIN3(pairs, SOURCE, SUM)(w, columns + w->height)};
    SUM column[BLOCK_OF(SUM) + REACH] = {0}, sums[2][BLOCK_OF(SUM)];
    f32 lengths[BLOCK_OF(SUM)];
    for (size y = 0; y < w->rows; y++)
        for (size at = 0; at < w->width; at += block) {
            const size n = least(block, w->width - at), m = met_by(w, at, n);
            const SOURCE *p = source + y * w->stride_down * pitch + at * w->stride_along;
            for (int k = 0; k < 2; k++)
                JOIN3(down_and_along, SOURCE, SUM)(w, p, pitch, m, columns + k * w->height, pairs[k], rows + k * w->taps, column,
                                                   sums[k], 0);
            for (size x = 0; x < BLOCK_OF(SUM); x++) lengths[x] = LENGTH(sums[0][x], sums[1][x]) * scale;
            PUT(f32, w, target, y, at, lengths, n);
        }
}
#endif
