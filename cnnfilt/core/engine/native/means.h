/* Sums divided by how many values they are of, for one type of sums (SUM, divided in EXACT) and one of results. */
CLONES void JOIN3(divided, SUM, RESULT)(const SUM *sums, RESULT *out, size n, i32 tall, const i32 *wide) {
    for (size x = 0; x < n; x++) out[x] = RESULT_OF((EXACT)sums[x] / ((EXACT)tall * (EXACT)wide[x]));
}

/* The same where one inverse stands for all counts. */
CLONES void JOIN3(shared, SUM, RESULT)(const SUM *sums, RESULT *out, size n, EXACT inverse) {
    for (size x = 0; x < n; x++) out[x] = RESULT_OF((EXACT)sums[x] * inverse);
}

#ifdef SHIFTS
/* The same of 2^shift values each, shift > 0: a half goes to the even level. */
PART void JOIN3(by_shift, SUM, RESULT)(const SUM *sums, RESULT *out, size n, int shift) {
    const SUM below_half = (SUM)((1 << (shift - 1)) - 1);
    for (size x = 0; x < n; x++) {
        const SUM odd = (SUM)((sums[x] >> shift) & 1);
        out[x] = (RESULT)((SUM)(sums[x] + below_half + odd) >> shift);
    }
}

/* Compilers shift words by a number they know only. */
CLONES void JOIN3(shifted, SUM, RESULT)(const SUM *sums, RESULT *out, size n, int shift) {
    if (shift == 2) JOIN3(by_shift, SUM, RESULT)(sums, out, n, 2);
    else if (shift == 4) JOIN3(by_shift, SUM, RESULT)(sums, out, n, 4);
    else if (shift == 6) JOIN3(by_shift, SUM, RESULT)(sums, out, n, 6);
    else JOIN3(by_shift, SUM, RESULT)(sums, out, n, shift);
}
#endif

/* Values `at` on of row y. Products with an inverse are rounded twice: that shows in floats, and in levels only where a
 * quotient can be a half, but not a number that is exact. Of odd counts none is a half, of powers of two all are exact. */
static void JOIN3(write, SUM, RESULT)(const Means *m, size y, size at, const SUM *sums, size n, RESULT *out) {
    const size first = least(most(m->first - at, 0), n), last = most(least(m->last - at, n), first);
    const int64_t count = first < last ? (int64_t)m->tall[y] * m->wide[at + first] : 0;
    const i32 *wide = m->wide + at;
    JOIN3(divided, SUM, RESULT)(sums, out, first, m->tall[y], wide);
#ifdef SHIFTS
    int shift = 0;
    while (shift < 15 && count >> shift > 1) shift++;
    if (shift && count == (int64_t)1 << shift)
        JOIN3(shifted, SUM, RESULT)(sums + first, out + first, last - first, shift);
    else
#endif
    if (IS_LEVEL && (count % 2 || !(count & (count - 1))))
        JOIN3(shared, SUM, RESULT)(sums + first, out + first, last - first, 1 / (EXACT)count);
    else
        JOIN3(divided, SUM, RESULT)(sums + first, out + first, last - first, m->tall[y], wide + first);
    JOIN3(divided, SUM, RESULT)(sums + last, out + last, n - last, m->tall[y], wide + last);
}
