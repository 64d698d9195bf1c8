/* Rows of a PNG as they were before its filters (PNG 3, section 9.2).
 *
 * A filtered row begins with the number of its filter. Each byte is what its neighbours predict, and what the row says on
 * top, modulo 256; neighbours lie one pixel to the left, above, and above that. Pixels of up to 8 bytes are worked on as
 * one number, whose bytes do not carry; what lies behind a shorter pixel is computed with it, and written over by the next. */
#include "native.h"

typedef uint64_t u64;

enum { NONE, SUB, UP, AVERAGE, PAETH };

#define EACH_BYTE(b) ((u64)(b) * 0x0101010101010101u)

PART u64 added(u64 a, u64 b) {
    const u64 low = EACH_BYTE(0x7f);
    return ((a & low) + (b & low)) ^ ((a ^ b) & ~low);
}

/* floor((a + b) / 2) */
PART u64 average(u64 a, u64 b) { return (a & b) + (((a ^ b) & EACH_BYTE(0xfe)) >> 1); }

/* Whichever is nearest to left + above - corner; left before above before corner (9.4). */
PART u64 paeth(u64 left, u64 above, u64 corner) {
    u8 a[8], b[8], c[8], nearest[8];
    memcpy(a, &left, 8), memcpy(b, &above, 8), memcpy(c, &corner, 8);
    for (int i = 0; i < 8; i++) {
        const i16 down = (i16)(b[i] - c[i]), along = (i16)(a[i] - c[i]), both = (i16)(down + along);
        const i16 to_a = down < 0 ? -down : down, to_b = along < 0 ? -along : along, to_c = both < 0 ? -both : both;
        const u8 other = to_b <= to_c ? b[i] : c[i];
        nearest[i] = to_a <= to_b && to_a <= to_c ? a[i] : other;
    }
    u64 result;
    memcpy(&result, nearest, 8);
    return result;
}

PART u64 predicted(int filter, u64 left, u64 above, u64 corner) {
    return filter == SUB ? left : filter == AVERAGE ? average(left, above) : paeth(left, above, corner);
}

PART u64 taken(const u8 *from, size bytes) {
    u64 value = 0;
    memcpy(&value, from, (size_t)bytes);
    return value;
}

/* A row whose filter looks to the left, for one filter and one number of bytes in a pixel. */
PART void along(int filter, size pixel, const u8 *row, const u8 *above, u8 *out, size width) {
    u64 left = 0, corner = 0;
    size x = 0;
    for (; x + 8 <= width; x += pixel) {
        const u64 up = taken(above + x, 8);
        left = added(taken(row + x, 8), predicted(filter, left, up, corner));
        corner = up;
        memcpy(out + x, &left, 8);
    }
    for (; x < width; x += pixel) {
        const u64 up = taken(above + x, pixel);
        left = added(taken(row + x, pixel), predicted(filter, left, up, corner));
        corner = up;
        memcpy(out + x, &left, (size_t)pixel);
    }
}

#define ALONG(filter) \
    do { \
        switch (pixel) { \
        case 1: along(filter, 1, row, above, to, width); break; \
        case 2: along(filter, 2, row, above, to, width); break; \
        case 3: along(filter, 3, row, above, to, width); break; \
        case 4: along(filter, 4, row, above, to, width); break; \
        case 6: along(filter, 6, row, above, to, width); break; \
        default: along(filter, 8, row, above, to, width); \
        } \
    } while (0)

/* Write the rows, `above` being the one before the first; return how many were read before one with no known filter. */
CLONES size unfilter(const u8 *filtered, size pitch, const u8 *above, u8 *out, size out_pitch, size rows, size width, size pixel) {
    for (size y = 0; y < rows; y++) {
        const u8 *row = filtered + y * pitch + 1;
        u8 *to = out + y * out_pitch;
        switch (row[-1]) {
        case NONE: memcpy(to, row, (size_t)width); break;
        case SUB: ALONG(SUB); break;
        case UP:
            for (size x = 0; x < width; x++) to[x] = (u8)(row[x] + above[x]);
            break;
        case AVERAGE: ALONG(AVERAGE); break;
        case PAETH: ALONG(PAETH); break;
        default: return y;
        }
        above = to;
    }
    return rows;
}
