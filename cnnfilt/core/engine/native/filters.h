/* Maps of filters over all channels, for one size of block: PIXELS windows times FILTERS filters, whose sums the compiler
 * keeps in registers. */

/* Add what the windows of a block meet, `step` values from one to the next, times the weights (values, FILTERS) to what was
 * there before, rows of FILTERS values so far apart, and write it to rows of `out`. By itself, so that addresses have registers. */
CLONES void JOIN(sum, FILTERS)(const f32 *values, size step, const Runs *met, const f32 *restrict weights, const f32 *before,
                               size before_step, f32 *out, size out_step) {
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
    UNROLL(16) for (int p = 0; p < PIXELS; p++) {
        UNROLL(1) for (int f = 0; f < FILTERS; f++) sums[p][f] += before[p * before_step + f];
        UNROLL(1) for (int f = 0; f < FILTERS; f++) out[p * out_step + f] = sums[p][f];
    }
}

/* Some maps of the output rows of images: the bias, and what each part of the windows adds. The weights are (values, FILTERS)
 * for one panel of filters after the other, part by part; the last panel may be of fewer. The maps of a pixel lie side by side. */
CLONES void JOIN(filters, FILTERS)(const Windows *w, const f32 *source, size pitch, const f32 *outside, const Cells *parts, size count,
                                   const f32 *weights, const f32 *bias, Panels panels, f32 *out, size out_pitch, Images images) {
    /* Of too few windows or filters the rest is computed, too. */
    f32 packed[PIXELS * LONGEST] = {0}, block[PIXELS * FILTERS] = {0};
    const size pixels = w->width / w->channels, step = w->stride_along * w->channels;
    const size maps = panels.maps, all = (maps + FILTERS - 1) / FILTERS * FILTERS, lines = images.count * w->rows;
    /* A few lines at a time, whose maps stay in the second-level cache from part to part. */
    const size some = most(1, NEAR / (pixels * maps));
    for (size top = 0; top < lines; top += some) {
        const f32 *of_part = weights;
        for (size i = 0; i < count; i++, of_part += all * values_of(parts + i - 1)) {
            const Cells *part = parts + i;
            const size values = values_of(part);
            for (size first = panels.first * FILTERS; first < least(panels.last * FILTERS, maps); first += FILTERS)
                for (size line = top; line < least(top + some, lines); line++)
                    for (size x = 0; x < pixels; x += PIXELS) {
                        const size n = least(PIXELS, pixels - x), few = least(FILTERS, maps - first);
                        const f32 *row = source + (line / w->rows * images.rows + line % w->rows * w->stride_down) * pitch;
                        const int inside = n == PIXELS && is_inside(w, x * step + part->tap * w->step_along + part->channel,
                                                                    (n - 1) * step + (part->taps - 1) * w->step_along + part->channels);
                        const Runs met = inside ? runs_of(w, part, pitch) : (Runs){1, 0, 1, 0, values};
                        const f32 *read = inside ? row + first_of(w, part, pitch) + x * step - w->left : packed;
                        if (!inside) pack(w, part, row, pitch, x, n, outside, packed);
                        f32 *to = out + line * out_pitch + x * maps + first;
                        const int whole = n == PIXELS && few == FILTERS;
                        if (!whole)
                            for (size p = 0; p < n; p++)
                                memcpy(block + p * FILTERS, i ? to + p * maps : bias + first, (size_t)few * sizeof *block);
                        JOIN(sum, FILTERS)(read, inside ? step : values, &met, of_part + first * values,
                                           !whole ? block : i ? to : bias + first, !whole ? FILTERS : i ? maps : 0,
                                           whole ? to : block, whole ? maps : FILTERS);
                        if (!whole)
                            for (size p = 0; p < n; p++) memcpy(to + p * maps, block + p * FILTERS, (size_t)few * sizeof *block);
                    }
        }
    }
}
