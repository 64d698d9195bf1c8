/* Add to each of n sums, or (fresh) to `start` in their place, what up to four of type VALUE and their weights make. */
PART void JOIN3(ADD, SOURCE, SUM)(SUM *sums, size n, const VALUE *const *met, const WORK *weights, int count, int fresh, WORK start) {
    const VALUE *a = met[0], *b = met[1], *c = met[2], *d = met[3];
    if (count == 4)
        for (size x = 0; x < n; x++)
            sums[x] = (SUM)((fresh ? start : (WORK)sums[x]) + weights[0] * (WORK)a[x] + weights[1] * (WORK)b[x]
                            + weights[2] * (WORK)c[x] + weights[3] * (WORK)d[x]);
    else if (count == 3)
        for (size x = 0; x < n; x++)
            sums[x] = (SUM)((fresh ? start : (WORK)sums[x]) + weights[0] * (WORK)a[x] + weights[1] * (WORK)b[x]
                            + weights[2] * (WORK)c[x]);
    else if (count == 2)
        for (size x = 0; x < n; x++)
            sums[x] = (SUM)((fresh ? start : (WORK)sums[x]) + weights[0] * (WORK)a[x] + weights[1] * (WORK)b[x]);
    else if (count == 1)
        for (size x = 0; x < n; x++) sums[x] = (SUM)((fresh ? start : (WORK)sums[x]) + weights[0] * (WORK)a[x]);
    else if (fresh)
        for (size x = 0; x < n; x++) sums[x] = (SUM)start;
}
