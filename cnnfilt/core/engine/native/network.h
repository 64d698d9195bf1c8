/* The medians of 3x3 or 5x5 values, for one type of values (VALUE), of windows that lie wholly on the source.
 *
 * Sorting networks, whose exchanges are vectors. Columns are sorted once for all windows that have them. Of 25 values in
 * sorted columns whose rows are then sorted, too, 13 can be the median; the rest of that network is from a search for
 * the exchanges that rule out most. tests/core/test_native.py holds it against zeros and ones. */

#define EXCHANGE(a, b) \
    do { \
        const VALUE low_ = (b) < (a) ? (b) : (a), high_ = (b) < (a) ? (a) : (b); \
        (a) = low_, (b) = high_; \
    } while (0)
#define SORT_3(a, b, c) \
    EXCHANGE(a, b); EXCHANGE(b, c); EXCHANGE(a, b)
#define SORT_5(a, b, c, d, e) \
    EXCHANGE(a, b); EXCHANGE(d, e); EXCHANGE(c, e); EXCHANGE(c, d); EXCHANGE(a, d); EXCHANGE(a, c); EXCHANGE(b, e); \
    EXCHANGE(b, d); EXCHANGE(b, c)

/* Write the ranks of n columns of 3 or 5 values, `step` apart: the smallest first, a row of n values for each. */
PART void JOIN(ranks_3, VALUE)(const VALUE *p, size step, size n, VALUE *restrict ranks, size room) {
    for (size x = 0; x < n; x++) {
        VALUE a = p[x], b = p[x + step], c = p[x + 2 * step];
        SORT_3(a, b, c);
        ranks[x] = a, ranks[x + room] = b, ranks[x + 2 * room] = c;
    }
}

PART void JOIN(ranks_5, VALUE)(const VALUE *p, size step, size n, VALUE *restrict ranks, size room) {
    for (size x = 0; x < n; x++) {
        VALUE a = p[x], b = p[x + step], c = p[x + 2 * step], d = p[x + 3 * step], e = p[x + 4 * step];
        SORT_5(a, b, c, d, e);
        ranks[x] = a, ranks[x + room] = b, ranks[x + 2 * room] = c, ranks[x + 3 * room] = d, ranks[x + 4 * room] = e;
    }
}

/* The medians of n windows of ranked columns, `step` apart. */
PART void JOIN(medians_3, VALUE)(const VALUE *restrict ranks, size room, size step, size n, VALUE *restrict out) {
    for (size x = 0; x < n; x++) {
        const VALUE *low = ranks + x, *middle = low + room, *high = middle + room;
        VALUE a = low[0], b = low[step], c = low[2 * step], d = middle[0], e = middle[step], f = middle[2 * step];
        VALUE g = high[0], h = high[step], i = high[2 * step];
        SORT_3(a, b, c); /* c: the largest of the smallest */
        SORT_3(d, e, f);
        SORT_3(g, h, i);
        SORT_3(c, e, g);
        out[x] = e;
    }
}

PART void JOIN(medians_5, VALUE)(const VALUE *restrict ranks, size room, size step, size n, VALUE *restrict out) {
#define RANK(r, a) \
        VALUE a##0 = p[r * room], a##1 = p[r * room + step], a##2 = p[r * room + 2 * step], a##3 = p[r * room + 3 * step], \
              a##4 = p[r * room + 4 * step]; \
        SORT_5(a##0, a##1, a##2, a##3, a##4)
    for (size x = 0; x < n; x++) {
        const VALUE *p = ranks + x;
        RANK(0, a); RANK(1, b); RANK(2, c); RANK(3, d); RANK(4, e);
        EXCHANGE(b4, e1); EXCHANGE(c3, e1); EXCHANGE(d2, e1); EXCHANGE(b2, d0); EXCHANGE(b3, d2); EXCHANGE(a3, c1);
        EXCHANGE(c3, e0); EXCHANGE(c2, e0); EXCHANGE(b4, e0); EXCHANGE(d1, e0); EXCHANGE(a4, e0); EXCHANGE(d0, e0);
        EXCHANGE(a4, b4); EXCHANGE(a4, d1); EXCHANGE(a4, c3); EXCHANGE(a4, c1); EXCHANGE(c2, d1); EXCHANGE(b3, c2);
        EXCHANGE(b3, b4); EXCHANGE(b3, d0); EXCHANGE(b3, c1); EXCHANGE(b3, c3); EXCHANGE(b4, c3); EXCHANGE(c3, d1);
        EXCHANGE(c1, d1); EXCHANGE(c1, c2); EXCHANGE(c1, d0); EXCHANGE(b4, c2); EXCHANGE(b4, c1); EXCHANGE(c2, c3);
        EXCHANGE(c1, d0); EXCHANGE(c2, d0); EXCHANGE(c1, c2);
        out[x] = c2;
    }
#undef RANK
}

#define MEDIANS(K) \
    do { \
        for (size y = 0; y < w->rows; y++) \
            for (size at = 0; at < w->width; at += block) { \
                const size n = least(block, w->width - at), room = n + reach; \
                JOIN(ranks_##K, VALUE)(source + y * pitch + at, w->step_down * pitch, room, ranks, room); \
                JOIN(medians_##K, VALUE)(ranks, room, w->step_along, n, out + y * out_pitch + at); \
            } \
    } while (0)

/* The windows slide by one pixel, and are 3x3 or 5x5. */
CLONES void JOIN(network, VALUE)(const Windows *w, const VALUE *source, size pitch, VALUE *out, size out_pitch) {
    enum { ROOM = 1024 };
    const size block = ROOM, reach = reach_along(w);
    VALUE ranks[5 * (ROOM + REACH)];
    if (w->height == 3) MEDIANS(3);
    else MEDIANS(5);
}
#undef MEDIANS
#undef EXCHANGE
#undef SORT_3
#undef SORT_5
