/* Maps of filters over all channels, for one size of block: PIXELS windows times FILTERS filters, whose sums the compiler
 * keeps in registers. */

/* Add what the windows of a block meet, `step` values from one to the next, times rows of FILTERS weights, one for each value
 * met, to what was there before, and write it to rows of `out`; their rows lie so far apart. By itself, so that addresses have
 * registers. */
CLONES void JOIN(sum, FILTERS)(const f32 *values, size step, const Runs *met, const f32 *restrict weights, size weights_step,
                               const f32 *before, size before_step, f32 *out, size out_step) {
    f32 sums[PIXELS][FILTERS];
    for (int p = 0; p < PIXELS; p++)
        for (int f = 0; f < FILTERS; f++) sums[p][f] = 0;
    for (size i = 0; i < met->rows; i++)
        for (size j = 0; j < met->runs; j++) {
            const f32 *v = values + i * met->row_step + j * met->run_step;
            for (size k = 0; k < met->length; k++, v += met->along, weights += weights_step)
                UNROLL(16) for (int p = 0; p < PIXELS; p++)
                    UNROLL(1) for (int f = 0; f < FILTERS; f++) sums[p][f] += v[p * step] * weights[f];
        }
    UNROLL(16) for (int p = 0; p < PIXELS; p++) {
        UNROLL(1) for (int f = 0; f < FILTERS; f++) sums[p][f] += before[p * before_step + f];
        UNROLL(1) for (int f = 0; f < FILTERS; f++) out[p * out_step + f] = sums[p][f];
    }
}

/* The same for a block of n windows and `few` filters: of one that is not whole the rest is computed, too, but in memory of its
 * own. */
PART void JOIN(sum_block, FILTERS)(const f32 *values, size step, const Runs *met, const f32 *weights, size weights_step,
                                   const f32 *before, size before_step, f32 *to, size to_step, size n, size few) {
    if (n == PIXELS && few == FILTERS) {
        JOIN(sum, FILTERS)(values, step, met, weights, weights_step, before, before_step, to, to_step);
        return;
    }
    f32 block[PIXELS * FILTERS] = {0};
    for (size p = 0; p < n; p++) memcpy(block + p * FILTERS, before + p * before_step, (size_t)few * sizeof *block);
    JOIN(sum, FILTERS)(values, step, met, weights, weights_step, block, FILTERS, block, FILTERS);
    for (size p = 0; p < n; p++) memcpy(to + p * to_step, block + p * FILTERS, (size_t)few * sizeof *block);
}

/* Some maps of the output rows of images: the bias, and what each part of the windows adds. The weights are (values, FILTERS)
 * for one panel of filters after the other, part by part; the last panel may be of fewer. The maps of a pixel lie side by side. */
CLONES void JOIN(filters, FILTERS)(const Windows *w, const f32 *source, size pitch, const f32 *outside, const Cells *parts, size count,
                                   const f32 *weights, const f32 *bias, Panels panels, f32 *out, size out_pitch, Images images) {
    f32 packed[PIXELS * LONGEST] = {0};
    const size pixels = w->width / w->channels, step = w->stride_along * w->channels;
    const size maps = panels.maps, all = (maps + FILTERS - 1) / FILTERS * FILTERS, lines = images.count * w->rows;
    /* A few lines at a time, which stay in the second-level cache from panel to panel and from part to part. */
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
                        const Runs met = inside ? runs_of(w, part, pitch) : (Runs){1, 0, 1, 0, values, 1};
                        const f32 *read = inside ? row + first_of(w, part, pitch) + x * step - w->left : packed;
                        if (!inside) pack(w, part, row, pitch, x, n, outside, packed);
                        f32 *to = out + line * out_pitch + x * maps + first;
                        JOIN(sum_block, FILTERS)(read, inside ? step : values, &met, of_part + first * values, FILTERS,
                                                 i ? to : bias + first, i ? maps : 0, to, maps, n, few);
                    }
        }
    }
}

/* Add to each weight of filters, out (rows, taps, channels, maps), the sum of what it met times the gradients there, (images, rows,
 * columns, maps); the maps are whole panels. Blocks are of values side by side, and of the gradients of some windows. */
CLONES void JOIN(filter_gradients, FILTERS)(const Windows *w, const f32 *source, size pitch, const f32 *gradients, size maps, f32 *out,
                                            Images images) {
    f32 packed[PIXELS * LONGEST] = {0};
    const size pixels = w->width / w->channels, along = w->stride_along * w->channels;
    const size together = w->step_along == w->channels ? w->taps : 1, lane = together * w->channels;
    const size some = most(1, LONGEST / pixels); /* lines at once */
    for (size image = 0; image < images.count; image++)
        for (size y = 0; y < w->rows; y += some)
            for (size x = 0; x < pixels; x += LONGEST) {
                const size lines = least(some, w->rows - y), n = least(LONGEST, pixels - x);
                const Runs met = {lines, w->stride_down * pitch, 1, 0, n, along};
                const f32 *from = source + (image * images.rows + y * w->stride_down) * pitch + x * along;
                const f32 *of_maps = gradients + ((image * w->rows + y) * pixels + x) * maps;
                for (size first = 0; first < maps; first += FILTERS)
                    for (size k = 0; k < w->height * w->taps * w->channels; k += least(PIXELS, lane - k % lane)) {
                        const size i = k / (w->taps * w->channels), j = k / w->channels % w->taps, few = least(PIXELS, lane - k % lane);
                        const f32 *values = from + i * w->step_down * pitch + j * w->step_along + k % w->channels;
                        f32 *to = out + k * maps + first;
                        const Runs beside = {1, 0, 1, 0, lines * n, PIXELS};
                        if (few < PIXELS)
                            for (size v = 0; v < lines * n; v++)
                                for (size p = 0; p < few; p++) packed[v * PIXELS + p] = values[v / n * met.row_step + v % n * along + p];
                        JOIN(sum_block, FILTERS)(few < PIXELS ? packed : values, 1, few < PIXELS ? &beside : &met, of_maps + first, maps,
                                                 to, maps, to, maps, few, FILTERS);
                    }
            }
}
