/* Responses as levels, for one type of responses (SOURCE) and one of levels (LEVEL): rounded half to even, clipped to
 * 0..top. In the same pass it is counted how many were clipped, and the lowest and highest response are found. A NaN
 * becomes 0: it counts among the clipped, and is neither lowest nor highest. */

/* Up to BLOCK_OF(SOURCE) responses, or (magnitude) what they are without their sign. */
CLONES void JOIN3(plain, SOURCE, LEVEL)(const SOURCE *responses, LEVEL *levels, size n, int magnitude, Loss *loss) {
    const UNSIGNED top = (LEVEL)-1;
    const SOURCE limit = (SOURCE)(sizeof(SOURCE) > sizeof(LEVEL) ? top : INT16_MAX);
    ORDERED low = HIGHEST, high = LOWEST;
    COUNT clipped = 0;
    if (magnitude)
        for (size x = 0; x < n; x++) {
            const SOURCE v = responses[x];
            const UNSIGNED size_of = (UNSIGNED)(v < 0 ? -(UNSIGNED)v : (UNSIGNED)v);
            const UNSIGNED level = size_of > 0 ? size_of < top ? size_of : top : 0;
            FIND(v, low, high);
            clipped += CLIPS(size_of, level, top);
            levels[x] = (LEVEL)(i32)ROUND(level);
        }
    else
        for (size x = 0; x < n; x++) {
            const SOURCE v = responses[x], positive = v > 0 ? v : 0, level = positive < limit ? positive : limit;
            FIND(v, low, high);
            clipped += CLIPS(v, level, limit);
            levels[x] = (LEVEL)(i32)ROUND(level);
        }
    loss->clipped += clipped;
    loss->not_numbers += JOIN(widen, SOURCE)(loss, responses, n, low, high);
}

/* Up to BLOCK responses: (v - origin) * gain / over, rounded, + base, of each or of its magnitude; in double precision. */
CLONES void JOIN3(mapped, SOURCE, LEVEL)(const SOURCE *responses, LEVEL *levels, size n, const Mapping *m, Loss *loss) {
    const double top = (LEVEL)-1;
    double values[BLOCK];
    ORDERED low = HIGHEST, high = LOWEST;
    i32 clipped = 0, missing = 0;
    for (size x = 0; x < n; x++) {
        const SOURCE v = responses[x];
        FIND(v, low, high);
        values[x] = ((m->magnitude && v < 0 ? -(double)v : (double)v) - m->origin) * m->gain;
    }
    if (m->over != 1)
        for (size x = 0; x < n; x++) values[x] /= m->over;
    for (size x = 0; x < n; x++) {
        const double v = rint(values[x]) + m->base;
        const double level = v > top ? top : v >= 0 ? v : 0;
        clipped += level != v;
        missing += v != v;
        levels[x] = (LEVEL)(i32)level;
    }
    loss->clipped += clipped;
    loss->not_numbers += missing;
    JOIN(widen, SOURCE)(loss, responses, n, low, high);
}
