/* Responses as levels, for one type of responses (SOURCE) and one of levels (LEVEL).
 *
 * Rounded half to even, clipped to 0..top; how many were clipped, and the lowest and highest response, are counted in
 * the same pass, as NaN is: it becomes 0, and counts among the clipped. */

/* The responses themselves, or (magnitude) what they are without their sign. */
CLONES Loss JOIN3(levels, SOURCE, LEVEL)(const SOURCE *responses, LEVEL *levels, size count, int magnitude) {
    const WIDE top = (LEVEL)-1;
    Loss loss = {INFINITY, -INFINITY, 0, 0};
    SOURCE low[BLOCK], high[BLOCK]; /* of each place in a block: one minimum would have to wait for the one before */
    for (size x = 0; x < BLOCK; x++) low[x] = HIGHEST, high[x] = LOWEST;
    for (size at = 0; at < count; at += BLOCK) {
        const size n = least(BLOCK, count - at);
        const SOURCE *p = responses + at;
        LEVEL *to = levels + at;
        i32 clipped = 0, missing = 0;
        for (size x = 0; x < n; x++) {
            low[x] = p[x] < low[x] ? p[x] : low[x];
            high[x] = p[x] > high[x] ? p[x] : high[x];
        }
        if (magnitude)
            for (size x = 0; x < n; x++) {
                const WIDE v = ROUND(p[x] < 0 ? -(WIDE)p[x] : (WIDE)p[x]);
                const WIDE level = v > top ? top : v >= 0 ? v : 0;
                clipped += level != v;
                to[x] = (LEVEL)(i32)level;
            }
        else
            for (size x = 0; x < n; x++) {
                const WIDE v = ROUND((WIDE)p[x]);
                const WIDE level = v > top ? top : v >= 0 ? v : 0;
                clipped += level != v;
                to[x] = (LEVEL)(i32)level;
            }
        if (IS_FLOAT)
            for (size x = 0; x < n; x++) missing += p[x] != p[x];
        loss.clipped += clipped;
        loss.not_numbers += missing;
    }
    for (size x = 0; x < least(BLOCK, count); x++) {
        loss.lowest = low[x] < loss.lowest ? low[x] : loss.lowest;
        loss.highest = high[x] > loss.highest ? high[x] : loss.highest;
    }
    return loss;
}

/* (v - origin) * gain / over, rounded, + base, of each response or of its magnitude; in double precision. */
CLONES Loss JOIN3(mapped, SOURCE, LEVEL)(const SOURCE *responses, LEVEL *levels, size count, int magnitude, double origin,
                                         double gain, double over, double base) {
    const double top = (LEVEL)-1;
    double values[BLOCK];
    Loss loss = {INFINITY, -INFINITY, 0, 0};
    SOURCE low[BLOCK], high[BLOCK];
    for (size x = 0; x < BLOCK; x++) low[x] = HIGHEST, high[x] = LOWEST;
    for (size at = 0; at < count; at += BLOCK) {
        const size n = least(BLOCK, count - at);
        const SOURCE *p = responses + at;
        LEVEL *to = levels + at;
        i32 clipped = 0, missing = 0;
        for (size x = 0; x < n; x++) {
            low[x] = p[x] < low[x] ? p[x] : low[x];
            high[x] = p[x] > high[x] ? p[x] : high[x];
            values[x] = magnitude && p[x] < 0 ? -(double)p[x] : (double)p[x];
        }
        for (size x = 0; x < n; x++) values[x] = (values[x] - origin) * gain;
        if (over != 1)
            for (size x = 0; x < n; x++) values[x] /= over;
        for (size x = 0; x < n; x++) {
            const double v = rint(values[x]) + base;
            const double level = v > top ? top : v >= 0 ? v : 0;
            clipped += level != v;
            missing += v != v;
            to[x] = (LEVEL)(i32)level;
        }
        loss.clipped += clipped;
        loss.not_numbers += missing;
    }
    for (size x = 0; x < least(BLOCK, count); x++) {
        loss.lowest = low[x] < loss.lowest ? low[x] : loss.lowest;
        loss.highest = high[x] > loss.highest ? high[x] : loss.highest;
    }
    return loss;
}
