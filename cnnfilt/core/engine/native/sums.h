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

/* One of the values that lie beside the source, at `place` of the padded row whose own values begin at p: that of another
 * place, or of none, `outside`, of which there is one for each channel. */
PART SUM JOIN3(beyond, SOURCE, SUM)(const Windows *w, const SOURCE *p, size place, const SUM *outside) {
    const size at = value_at(w, place);
    return at < 0 ? outside[place % w->channels] : (SUM)p[at];
}

/* Read n values of a padded row from `start` on. */
PART void JOIN3(read_row, SOURCE, SUM)(const Windows *w, const SOURCE *p, size start, size n, const SUM *outside, SUM *row) {
    const size first = inside_from(w, start, n), last = inside_to(w, start, n);
    const SOURCE *inside = p + start - w->left;
    for (size x = 0; x < first; x++) row[x] = JOIN3(beyond, SOURCE, SUM)(w, p, start + x, outside);
    for (size x = first; x < last; x++) row[x] = (SUM)inside[x];
    for (size x = last; x < n; x++) row[x] = JOIN3(beyond, SOURCE, SUM)(w, p, start + x, outside);
}

/* The values of a padded row from `start` on where they are, if they are all that a whole block meets, and of the type of the
 * sums; else NULL. */
PART const SUM *JOIN3(row_as_it_is, SOURCE, SUM)(const Windows *w, const SOURCE *p, size start) {
#ifdef AS_IT_IS
    return is_inside(w, start, BLOCK_OF(SUM) + reach_along(w)) ? p + start - w->left : NULL;
#else
    (void)w, (void)p, (void)start;
    return NULL;
#endif
}

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

/* Write the sums of a block for a kernel of few taps, from `start` on, that meets nothing but the rows that begin at p. */
PART void JOIN3(sum_few, SOURCE, SUM)(const Windows *w, const SOURCE *p, size pitch, size start, const SUM *kernel, WORK bias,
                                      SUM *sums) {
    const SOURCE *inside = p + start - w->left, *met[4] = {inside, inside, inside, inside};
    WORK weights[4] = {0};
    int count = 0, fresh = 1;
    for (size i = 0; i < w->height; i++)
        for (size j = 0; j < w->taps; j++) {
            const SUM weight = kernel[i * w->taps + j];
            if (!weight) continue;
            if (count == 4) {
                JOIN3(add_rows, SOURCE, SUM)(sums, BLOCK_OF(SUM), met, weights, 4, fresh, bias);
                count = fresh = 0;
            }
            weights[count] = (WORK)weight, met[count++] = inside + i * w->step_down * pitch + j * w->step_along;
        }
    JOIN3(add_rows, SOURCE, SUM)(sums, BLOCK_OF(SUM), met, weights, count, fresh, bias);
}

/* Any kernel, one for all channels: out[y][x] = bias + the sum of kernel[i][j] * what tap (i, j) meets.
 * After ADDENDS taps their sum joins the others', which bounds the rounding of floats. */
CLONES void JOIN3(correlate, SOURCE, SUM)(const Windows *w, const SOURCE *source, size pitch, Target *target, const SUM *kernel,
                                          const SUM *bias, const SUM *outside) {
    enum { ADDENDS = 32, FEW = 6 };
    const size block = block_of(w, BLOCK_OF(SUM));
    size taps = 0;
    for (size k = 0; k < w->height * w->taps; k++) taps += kernel[k] != 0;
    SUM row[BLOCK_OF(SUM) + REACH] = {0}, part[BLOCK_OF(SUM)], sums[BLOCK_OF(SUM)];
    for (size y = 0; y < w->rows; y++)
        for (size at = 0; at < w->width; at += block) {
            const size n = least(block, w->width - at), m = met_by(w, at, n);
            SUM *whole = WHERE(SUM, w, target, y, at, sums), *to = whole;
            if (taps <= FEW && is_inside(w, at * w->stride_along, BLOCK_OF(SUM) + reach_along(w))) {
                JOIN3(sum_few, SOURCE, SUM)(w, source + y * w->stride_down * pitch, pitch, at * w->stride_along, kernel, (WORK)*bias, whole);
                PUT(SUM, w, target, y, at, whole, n);
                continue;
            }
            size added = 0;
            WORK start = (WORK)*bias;
            for (size i = 0; i < w->height; i++) {
                const SOURCE *p = source + (y * w->stride_down + i * w->step_down) * pitch;
                const SUM *met = JOIN3(row_as_it_is, SOURCE, SUM)(w, p, at * w->stride_along);
                if (!met) {
                    JOIN3(read_row, SOURCE, SUM)(w, p, at * w->stride_along, m, outside, row);
                    met = row;
                }
                added += JOIN3(add_row, SOURCE, SUM)(to, met, kernel + i * w->taps, w->taps, w->step_along, !added, start);
                if (added < ADDENDS && i < w->height - 1) continue;
                if (to == part)
                    for (size x = 0; x < BLOCK_OF(SUM); x++) whole[x] = (SUM)((WORK)whole[x] + (WORK)part[x]);
                to = part, start = 0, added = 0;
            }
            PUT(SUM, w, target, y, at, whole, n);
        }
}

/* Add up to three taps of a filter for each channel, `step` values apart, to the sums `from` of a block; their weights are rows
 * of BLOCK. */
PART void JOIN3(add_each, SOURCE, SUM)(SUM *sums, const SUM *from, const SUM *met, size step, const SUM *weights, size count) {
    const SUM *a = met, *b = met + step, *c = met + 2 * step, *u = weights, *v = weights + BLOCK, *w = weights + 2 * BLOCK;
    if (count == 3)
        for (size x = 0; x < BLOCK; x++)
            sums[x] = (SUM)((WORK)from[x] + ((WORK)u[x] * (WORK)a[x] + (WORK)v[x] * (WORK)b[x] + (WORK)w[x] * (WORK)c[x]));
    else if (count == 2)
        for (size x = 0; x < BLOCK; x++) sums[x] = (SUM)((WORK)from[x] + ((WORK)u[x] * (WORK)a[x] + (WORK)v[x] * (WORK)b[x]));
    else
        for (size x = 0; x < BLOCK; x++) sums[x] = (SUM)((WORK)from[x] + (WORK)u[x] * (WORK)a[x]);
}

/* A filter for each channel: kernel[i][j] is a row of BLOCK weights, those of the channels over and over. */
CLONES void JOIN3(correlate_each, SOURCE, SUM)(const Windows *w, const SOURCE *source, size pitch, Target *target,
                                               const SUM *kernel, const SUM *bias, const SUM *outside) {
    const size block = block_of(w, BLOCK);
    SUM row[BLOCK + REACH] = {0}, sums[BLOCK];
    for (size y = 0; y < w->rows; y++)
        for (size at = 0; at < w->width; at += block) {
            const size n = least(block, w->width - at), m = met_by(w, at, n);
            SUM *whole = WHERE(SUM, w, target, y, at, sums);
            const SUM *from = bias;
            for (size i = 0; i < w->height; i++) {
                const SOURCE *p = source + (y * w->stride_down + i * w->step_down) * pitch;
                const SUM *met = JOIN3(row_as_it_is, SOURCE, SUM)(w, p, at * w->stride_along);
                if (!met) {
                    JOIN3(read_row, SOURCE, SUM)(w, p, at * w->stride_along, m, outside, row);
                    met = row;
                }
                for (size j = 0; j < w->taps; j += 3, from = whole)
                    JOIN3(add_each, SOURCE, SUM)(whole, from, met + j * w->step_along, w->step_along,
                                                 kernel + (i * w->taps + j) * BLOCK, least(w->taps - j, 3));
            }
            PUT(SUM, w, target, y, at, whole, n);
        }
}

/* How many pairs of rows of a column have one weight each: of a symmetric column all, else none. A short column is added
 * in one pass without them. */
PART size JOIN3(pairs, SOURCE, SUM)(const Windows *w, const SUM *down) {
    for (size i = 0; i < w->height / 2; i++)
        if (down[i] != down[w->height - 1 - i]) return 0;
    return w->height > 4 ? w->height / 2 : 0;
}

/* Add up n columns from place `start` of the padded rows on, whose own values begin at p. */
PART void JOIN3(add_columns, SOURCE, SUM)(const Windows *w, const SOURCE *p, size pitch, size start, size n, const SUM *down,
                                          size pairs, const SUM *outside, SUM *column) {
    const size below = w->step_down * pitch, first = inside_from(w, start, n), last = inside_to(w, start, n);
    const SOURCE *inside = p + start + first - w->left;
    size i = pairs;
    do {
        const SOURCE *rows[4] = {inside, inside, inside, inside};
        WORK weights[4] = {0};
        const int fresh = i == pairs;
        int count = 0;
        for (; i < w->height - pairs && count < 4; i++)
            if (down[i]) weights[count] = (WORK)down[i], rows[count++] = inside + i * below;
        JOIN3(add_rows, SOURCE, SUM)(column + first, last - first, rows, weights, count, fresh, 0);
    } while (i < w->height - pairs);
    for (i = 0; i < pairs;) {
        const SOURCE *rows[4] = {inside, inside, inside, inside};
        WORK weights[4] = {0};
        int count = 0;
        for (; i < pairs && count < 4; i++) {
            if (!down[i]) continue;
            weights[count] = (WORK)down[i], rows[count++] = inside + i * below;
            weights[count] = (WORK)down[i], rows[count++] = inside + (w->height - 1 - i) * below;
        }
        JOIN3(add_pairs, SOURCE, SUM)(column + first, last - first, rows, weights, count);
    }
    for (size x = 0; x < n; x++) {
        if (x == first) x = last;
        if (x == n) break;
        WORK sum = 0;
        for (i = 0; i < w->height; i++)
            if (down[i]) sum += (WORK)down[i] * (WORK)JOIN3(beyond, SOURCE, SUM)(w, p + i * below, start + x, outside);
        column[x] = (SUM)sum;
    }
}

/* A column times a row: sums down the columns of a block, then along what they make. */
CLONES void JOIN3(separable, SOURCE, SUM)(const Windows *w, const SOURCE *source, size pitch, Target *target, const SUM *down,
                                          const SUM *along, const SUM *bias, const SUM *outside) {
    const size block = block_of(w, BLOCK_OF(SUM)), pairs = JOIN3(pairs, SOURCE, SUM)(w, down);
    SUM column[BLOCK_OF(SUM) + REACH] = {0}, sums[BLOCK_OF(SUM)];
    for (size y = 0; y < w->rows; y++)
        for (size at = 0; at < w->width; at += block) {
            const size n = least(block, w->width - at), m = met_by(w, at, n);
            const SOURCE *p = source + y * w->stride_down * pitch;
            SUM *whole = WHERE(SUM, w, target, y, at, sums);
            JOIN3(add_columns, SOURCE, SUM)(w, p, pitch, at * w->stride_along, m, down, pairs, outside, column);
            JOIN3(add_row, SOURCE, SUM)(whole, column, along, w->taps, w->step_along, 1, (WORK)*bias);
            PUT(SUM, w, target, y, at, whole, n);
        }
}

#ifdef LENGTH
/* The lengths of gradients, scale * sqrt(across^2 + down^2): columns and rows hold two kernels each, of the one that goes
 * across and of the one that goes down. */
CLONES void JOIN3(gradient, SOURCE, SUM)(const Windows *w, const SOURCE *source, size pitch, Target *target,
                                         const SUM *columns, const SUM *rows, const SUM *outside, f32 scale) {
    const size block = block_of(w, BLOCK_OF(SUM));
    const size pairs[] = {JOIN3(pairs, SOURCE, SUM)(w, columns), JOIN3(pairs, SOURCE, SUM)(w, columns + w->height)};
    SUM column[BLOCK_OF(SUM) + REACH] = {0}, sums[2][BLOCK_OF(SUM)];
    f32 lengths[BLOCK_OF(SUM)];
    for (size y = 0; y < w->rows; y++)
        for (size at = 0; at < w->width; at += block) {
            const size n = least(block, w->width - at), m = met_by(w, at, n);
            const SOURCE *p = source + y * w->stride_down * pitch;
            for (int k = 0; k < 2; k++) {
                JOIN3(add_columns, SOURCE, SUM)(w, p, pitch, at * w->stride_along, m, columns + k * w->height, pairs[k], outside, column);
                JOIN3(add_row, SOURCE, SUM)(sums[k], column, rows + k * w->taps, w->taps, w->step_along, 1, 0);
            }
            for (size x = 0; x < BLOCK_OF(SUM); x++) lengths[x] = LENGTH(sums[0][x], sums[1][x]) * scale;
            PUT(f32, w, target, y, at, lengths, n);
        }
}
#endif
