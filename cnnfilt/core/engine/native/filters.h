/* Maps of filters over all channels, for one size of block: PIXELS windows times FILTERS filters, whose sums the compiler
 * keeps in registers. */

/* Sum what the windows of a block meet, `step` values from one to the next, times the weights (values, FILTERS). */
PART void JOIN(sum, FILTERS)(const f32 *values, size step, const Runs *met, const f32 *restrict weights, f32 *restrict out) {
    f32 sums[PIXELS][FILTERS];
    for (int p = 0; p < PIXELS; p++)
        for (int f = 0; f < FILTERS; f++) sums[p][f] = 0;
    for (size i = 0; i < met->rows; i++)
        for (size j = 0; j < met->runs; j++) {
            const f32 *v = values + i * met->row_step + j * met->run_step;
            for (size k = 0; k < met->length; k++, weights += FILTERS)
                UNROLL(16) for (int p = 0; p < PIXELS; p++)
                    UNROLL(1) for (int f = 0; f < FILTERS; f++) sums[p][f] += v[p * step + k] * weights[f];
        }
    for (int p = 0; p < PIXELS; p++)
        for (int f = 0; f < FILTERS; f++) out[p * FILTERS + f] = sums[p][f];
}

/* Some maps of the output rows of images: the bias, and what each part of the windows adds. The weights are (values, FILTERS)
 * for one panel of filters after the other, part by part; the last panel may be of fewer. The maps of a pixel lie side by side. */
CLONES void JOIN(filters, FILTERS)(const Windows *w, const f32 *source, size pitch, const f32 *outside, const Cells *parts, size count,
                                   const f32 *weights, const f32 *bias, Panels panels, f32 *out, size out_pitch, Images images) {
    f32 packed[PIXELS * LONGEST] = {0}, sums[PIXELS * FILTERS]; /* of too few windows the rest is multiplied, too */
    const size pixels = w->width / w->channels, step = w->stride_along * w->channels;
    const size maps = panels.maps, all = (maps + FILTERS - 1) / FILTERS * FILTERS;
    for (size i = 0; i < count; i++, weights += all * values_of(parts + i - 1)) {
        const Cells *part = parts + i;
        const size values = values_of(part);
        for (size first = panels.first * FILTERS; first < least(panels.last * FILTERS, maps); first += FILTERS)
            for (size line = 0; line < images.count * w->rows; line++)
                for (size x = 0; x < pixels; x += PIXELS) {
                    const size n = least(PIXELS, pixels - x), few = least(FILTERS, maps - first);
                    const f32 *row = source + (line / w->rows * images.rows + line % w->rows * w->stride_down) * pitch;
                    if (n == PIXELS && is_inside(w, x * step, (n - 1) * step + reach_along(w) + w->channels)) {
                        const Runs met = runs_of(w, part, pitch);
                        JOIN(sum, FILTERS)(row + first_of(w, part, pitch) + x * step - w->left, step, &met, weights + first * values, sums);
                    } else {
                        const Runs met = {1, 0, 1, 0, values};
                        pack(w, part, row, pitch, x, n, outside, packed);
                        JOIN(sum, FILTERS)(packed, values, &met, weights + first * values, sums);
                    }
                    f32 *to = out + line * out_pitch + x * maps + first;
                    const f32 *before = i ? to : bias + first;
                    for (size p = 0; p < n; p++)
                        for (size f = 0; f < few; f++) to[p * maps + f] = before[(i ? p * maps : 0) + f] + sums[p * FILTERS + f];
                }
    }
}
