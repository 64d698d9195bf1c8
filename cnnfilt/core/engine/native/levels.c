#include <math.h>

#include "native.h"

#define IS_FLOAT 0
#define ROUND(v) (v)
#define SOURCE i16
#define WIDE i32
#define LOWEST INT16_MIN
#define HIGHEST INT16_MAX
#define LEVEL u8
#include "levels.h"
#undef LEVEL
#define LEVEL u16
#include "levels.h"
#undef SOURCE
#undef WIDE
#undef LOWEST
#undef HIGHEST
#define SOURCE i32
#define WIDE int64_t
#define LOWEST INT32_MIN
#define HIGHEST INT32_MAX
#include "levels.h"
#undef LEVEL
#define LEVEL u8
#include "levels.h"
#undef IS_FLOAT
#undef ROUND
#undef SOURCE
#undef WIDE
#undef LOWEST
#undef HIGHEST
#define IS_FLOAT 1
#define ROUND(v) rintf(v)
#define SOURCE f32
#define WIDE f32
#define LOWEST -INFINITY
#define HIGHEST INFINITY
#include "levels.h"
#undef LEVEL
#define LEVEL u16
#include "levels.h"

/* Sums divided by how many values they are of: sums[y][x] / (tall[y] * wide[x]), rounded half to even for levels.
 * The quotient is rounded once before: that never makes a half of what is none, as long as a float holds the sum. */
#define MEANS(s, r, SOURCE, RESULT) \
    CLONES void means_##SOURCE##_##RESULT(const SOURCE *sums, size pitch, size rows, size width, const i32 *tall, \
                                          const i32 *wide, RESULT *out, size out_pitch) { \
        for (size y = 0; y < rows; y++) \
            for (size x = 0; x < width; x++) { \
                const EXACT_##SOURCE mean = sums[y * pitch + x] / ((EXACT_##SOURCE)tall[y] * (EXACT_##SOURCE)wide[x]); \
                out[y * out_pitch + x] = AS_##RESULT(mean, RINT_##SOURCE); \
            } \
    }
#define EXACT_u16 f32
#define EXACT_i32 double
#define EXACT_u32 double
#define RINT_u16 rintf
#define RINT_i32 rint
#define RINT_u32 rint
#define CLIPPED(mean, top) ((mean) < 0 ? 0 : (mean) > (top) ? (top) : (mean))
#define AS_u8(mean, round) (u8)(i32)round(CLIPPED(mean, 255))
#define AS_u16(mean, round) (u16)(i32)round(CLIPPED(mean, 65535))
#define AS_f32(mean, round) (f32)(mean)
MEAN_TYPES(MEANS)

/* scale * sqrt(across^2 + down^2). The squares are added exactly: no fused operation can change them. */
CLONES void magnitude_i16(const i16 *across, const i16 *down, f32 *out, size count, f32 scale) {
    for (size x = 0; x < count; x++) {
        const u32 squares = (u32)(across[x] * across[x]) + (u32)(down[x] * down[x]);
        out[x] = sqrtf((f32)squares) * scale;
    }
}

/* For sums that need more than 16 bits; up to 2^26 the squares are exact. */
CLONES void magnitude_i32(const i32 *across, const i32 *down, f32 *out, size count, f32 scale) {
    for (size x = 0; x < count; x++) {
        const double squares = (double)across[x] * across[x] + (double)down[x] * down[x];
        out[x] = (f32)sqrt(squares) * scale;
    }
}
