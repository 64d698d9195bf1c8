#include <math.h>

#include "native.h"

/* The quotient is rounded once before: that never makes a half of what is none, as long as EXACT holds the sum. What is no
 * mean of levels, a sum divided by too small a count, has to be clipped only where 32 bits would not hold it. */
#define CLIPPED(mean, top) ((mean) < 0 ? 0 : (mean) > (top) ? (top) : (mean))
#define LEVEL_OF(mean, top) ((i32)rintf(mean))

#define IS_LEVEL 1
#define RESULT u8
#define RESULT_OF(mean) (u8)LEVEL_OF(mean, 255)
#define SUM u16
#define EXACT f32
#define SHIFTS
#include "means.h"
#undef SHIFTS
#undef SUM
#undef EXACT
#undef LEVEL_OF
#define LEVEL_OF(mean, top) ((i32)rint(CLIPPED(mean, top)))
#define SUM i32
#define EXACT double
#include "means.h"
#undef SUM
#define SUM u32
#include "means.h"
#undef RESULT
#undef RESULT_OF
#define RESULT u16
#define RESULT_OF(mean) (u16)LEVEL_OF(mean, 65535)
#include "means.h"
#undef SUM
#define SUM i32
#include "means.h"
#undef IS_LEVEL
#undef RESULT
#undef RESULT_OF
#define IS_LEVEL 0
#define RESULT f32
#define RESULT_OF(mean) (f32)(mean)
#include "means.h"
#undef SUM
#define SUM u32
#include "means.h"
#undef SUM
#undef EXACT
#define SUM u16
#define EXACT f32
#include "means.h"

/* Write n means of sums from value `at` of row y on: bytes ('B'), words ('H') or floats ('f'). */
void means_u16(const Means *m, size y, size at, const u16 *sums, size n, Target *t) {
    if (t->type == 'B') write_u16_u8(m, y, at, sums, n, (u8 *)t->to + y * t->pitch + at);
    else write_u16_f32(m, y, at, sums, n, (f32 *)t->to + y * t->pitch + at);
}

#define MEANS(SUM) \
    void means_##SUM(const Means *m, size y, size at, const SUM *sums, size n, Target *t) { \
        if (t->type == 'B') write_##SUM##_u8(m, y, at, sums, n, (u8 *)t->to + y * t->pitch + at); \
        else if (t->type == 'H') write_##SUM##_u16(m, y, at, sums, n, (u16 *)t->to + y * t->pitch + at); \
        else write_##SUM##_f32(m, y, at, sums, n, (f32 *)t->to + y * t->pitch + at); \
    }
MEANS(i32)
MEANS(u32)

/* Note the lowest and the highest of n levels. */
#define NOTE(LEVEL) \
    CLONES void JOIN(note, LEVEL)(const LEVEL *levels, size n, Loss *loss) { \
        LEVEL low = levels[0], high = levels[0]; \
        for (size x = 1; x < n; x++) low = levels[x] < low ? levels[x] : low, high = levels[x] > high ? levels[x] : high; \
        loss->lowest = low < loss->lowest ? low : loss->lowest; \
        loss->highest = high > loss->highest ? high : loss->highest; \
    }
NOTE(u8)
NOTE(u16)

/* Of row y, where its means are levels. */
void note_levels(Target *t, size y, size width) {
    if (t->type == 'B') note_u8((u8 *)t->to + y * t->pitch, width, &t->loss);
    else if (t->type == 'H') note_u16((u16 *)t->to + y * t->pitch, width, &t->loss);
}
