#include <math.h>

#include "native.h"

/* The bits of floats, as whole numbers that have the same order: compilers find the least of those side by side. */
PART i32 ordered(f32 value) {
    union { f32 value; i32 bits; } both = {value};
    return both.bits ^ ((both.bits >> 31) & INT32_MAX);
}

PART double disordered(i32 order) {
    union { i32 bits; f32 value; } both = {order ^ ((order >> 31) & INT32_MAX)};
    return (double)both.value + 0.0; /* turns -0 into 0 */
}

PART size widen(Loss *loss, double low, double high) {
    loss->lowest = low < loss->lowest ? low : loss->lowest;
    loss->highest = high > loss->highest ? high : loss->highest;
    return 0;
}

/* Note the lowest and the highest of n responses; return how many of them are no number. */
PART size widen_i16(Loss *loss, const i16 *v, size n, i16 low, i16 high) { return (void)v, (void)n, widen(loss, low, high); }
PART size widen_i32(Loss *loss, const i32 *v, size n, i32 low, i32 high) { return (void)v, (void)n, widen(loss, low, high); }
PART size widen_f32(Loss *loss, const f32 *v, size n, i32 low, i32 high) {
    if (low >= ordered(-INFINITY) && high <= ordered(INFINITY)) return widen(loss, disordered(low), disordered(high));
    size missing = 0; /* for a NaN lies beyond */
    for (size x = 0; x < n; x++)
        if (v[x] == v[x]) widen(loss, v[x], v[x]);
        else missing++;
    return missing;
}

#define FIND(v, low, high) \
    do { \
        const ORDERED order_ = ORDER(v); \
        low = order_ < low ? order_ : low; \
        high = order_ > high ? order_ : high; \
    } while (0)

#define IS_FLOAT 0
#define ORDER(v) (v)
#define ROUND(v) (v)
#define CLIPS(v, level, top) ((level) != (v))
#define SOURCE i16
#define ORDERED i16
#define UNSIGNED u16
#define COUNT u16
#define LOWEST INT16_MIN
#define HIGHEST INT16_MAX
#define LEVEL u8
#include "levels.h"
#undef LEVEL
#define LEVEL u16
#include "levels.h"
#undef SOURCE
#undef ORDERED
#undef UNSIGNED
#undef COUNT
#undef LOWEST
#undef HIGHEST
#define SOURCE i32
#define ORDERED i32
#define UNSIGNED u32
#define COUNT u32
#define LOWEST INT32_MIN
#define HIGHEST INT32_MAX
#include "levels.h"
#undef LEVEL
#define LEVEL u8
#include "levels.h"
#undef IS_FLOAT
#undef ORDER
#undef ROUND
#undef CLIPS
#undef SOURCE
#undef UNSIGNED
/* What lies half a level outside is rounded to the even side of it: 255.5 to 256, but -0.5 to 0. */
#define IS_FLOAT 1
#define ORDER(v) ordered(v)
#define ROUND(v) rintf(v)
#define CLIPS(v, level, top) (!((v) >= -0.5f && (v) < (top) + 0.5f))
#define SOURCE f32
#define UNSIGNED f32
#include "levels.h"
#undef LEVEL
#define LEVEL u16
#include "levels.h"

/* So many responses, as `mapping` says, from place `at` of `levels` on. */
#define LEVELS(SOURCE) \
    void levels_##SOURCE(const Mapping *m, const SOURCE *responses, void *levels, size at, size count, Loss *loss) { \
        const size block = m->plain ? BLOCK_OF(SOURCE) : BLOCK; \
        for (size x = 0; x < count; x += block) { \
            const size n = least(block, count - x); \
            u8 *bytes = (u8 *)levels + at + x; \
            u16 *words = (u16 *)levels + at + x; \
            if (m->plain && m->level == 'B') plain_##SOURCE##_u8(responses + x, bytes, n, m->magnitude, loss); \
            else if (m->plain) plain_##SOURCE##_u16(responses + x, words, n, m->magnitude, loss); \
            else if (m->level == 'B') mapped_##SOURCE##_u8(responses + x, bytes, n, m, loss); \
            else mapped_##SOURCE##_u16(responses + x, words, n, m, loss); \
        } \
    }
LEVELS(i16)
LEVELS(i32)
LEVELS(f32)
