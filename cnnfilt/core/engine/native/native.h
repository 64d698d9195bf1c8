/* The inner loops of cnnfilt, in C11 that compilers vectorise by themselves.
 *
 * Every function computes whole rows of results from whole rows of values; channels are interleaved. Nothing is
 * allocated and nothing is checked here: module.c has held every buffer against the windows before.
 * Whole numbers are added and multiplied modulo 2^16 or 2^32 (in unsigned types, where that is defined): the plan
 * has chosen a type that holds every possible sum, so what comes out is exact.
 */
#ifndef CNNFILT_NATIVE_H
#define CNNFILT_NATIVE_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* The door multiplies two numbers of up to 2^30. Where that does not fit there is no core, and NumPy computes. */
#if PTRDIFF_MAX < INT64_MAX
#error "the compiled core needs 64-bit addresses"
#endif

/* gcc builds each loop for three kinds of x86-64 processors, and the one that fits is chosen when the library loads.
 * The choice needs glibc. */
#if defined(__linux__) && defined(__GLIBC__) && defined(__x86_64__) && !defined(__clang__) && __GNUC__ >= 12 \
    && !defined(CNNFILT_ONE_TARGET)
#define CLONED
#define CLONES __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define CLONES
#endif

/* Parts of loops. They have to become part of each kind that calls them: a copy of their own would be built for the
 * oldest processor only. */
#if defined(__GNUC__)
#define PART static inline __attribute__((always_inline))
#elif defined(_MSC_VER)
#define PART static __forceinline
#else
#define PART static inline
#endif

typedef uint8_t u8;
typedef uint16_t u16;
typedef int16_t i16;
typedef int32_t i32;
typedef uint32_t u32;
typedef float f32;
typedef ptrdiff_t size; /* counts values, rows and pixels; pitches are in values */

/* So many values of 4 bytes are worked on at once, and more of smaller ones: their sums stay in the first-level cache. */
enum { BLOCK = 512 };
#define BLOCK_OF(TYPE) (BLOCK * 4 / (size)sizeof(TYPE))

/* So many values more the windows of a block may meet, along a row. */
enum { REACH = 2048 };

/* Windows slid over rows of pixels. Value x of output row y begins at source row y * stride_down and at value
 * (x / channels) * stride_along * channels + x % channels; its taps lie step_down rows and step_along values apart. */
typedef struct {
    size rows, width;   /* of the output; width counts values */
    size channels;
    size height, taps;  /* of the kernel: rows, and taps in each */
    size stride_down, stride_along;
    size step_down, step_along;
    size length;        /* of a padded row, in values */
    size left, inner;   /* of these, how many are padding on the left, and how many are the source's */
    const i32 *beyond;  /* which value of its row each of those beside the source is, left ones first; -1 for none */
} Windows;

/* Of so many values at once a window's are summed: that bounds the rounding, too. */
enum { LONGEST = 256 };

/* Some rows, taps and channels of a window: the first of each, and how many there are. */
typedef struct {
    i32 row, tap, channel;
    i32 rows, taps, channels;
} Cells;

/* Which panels of filters are to be computed, of those that make so many maps. */
typedef struct {
    size first, last, maps;
} Panels;

/* Images of so many rows each, one below the other. */
typedef struct {
    size count, rows;
} Images;

/* Of two values; a NaN wins, whichever of the two it is. */
#define LARGER(a, b) ((a) > (b) || (a) != (a) ? (a) : (b))
#define SMALLER(a, b) ((a) < (b) || (a) != (a) ? (a) : (b))
#define LEAST_u8 0
#define LEAST_u16 0
#define LEAST_i16 INT16_MIN
#define LEAST_f32 (-INFINITY)
#define GREATEST_u8 UINT8_MAX
#define GREATEST_u16 UINT16_MAX
#define GREATEST_i16 INT16_MAX
#define GREATEST_f32 INFINITY

/* Medians of values of 8 bits are made for so many columns at once, each with so many counts. */
enum { TILE = 256, LEVELS = 16 + 256 };

/* 16 + 256 + ... + 2^bits, for 8 or 16 bits. */
#define COUNTS(bits) ((size)((bits) == 8 ? 0x110 : 0x11110))

PART size least(size a, size b) { return a < b ? a : b; }
PART size most(size a, size b) { return a > b ? a : b; }

/* How many values further the last tap lies than the first. */
PART size reach_along(const Windows *w) { return (w->taps - 1) * w->step_along; }

/* How many output values are one block of at most `length`: whole pixels where their stride or channels need it. */
PART size block_of(const Windows *w, size length) {
    size pixels = length / (w->stride_along * w->channels);
    return pixels ? pixels * w->channels : length;
}

/* How many values lie from the first that n outputs begin at to behind the last. */
PART size spread(const Windows *w, size n) {
    return w->stride_along == 1 ? n : (n / w->channels - 1) * w->stride_along * w->channels + w->channels;
}

/* How many values n outputs from value `at` on meet, or a few more where the row has them: whole registers are faster. */
PART size met_by(const Windows *w, size at, size n) {
    const size values = spread(w, n) + reach_along(w);
    return least((values + 63) / 64 * 64, w->length - at * w->stride_along);
}

/* Where the source begins among n padded values from `start` on, and where it ends. */
PART size inside_from(const Windows *w, size start, size n) { return least(most(w->left - start, 0), n); }
PART size inside_to(const Windows *w, size start, size n) { return least(most(w->left + w->inner - start, inside_from(w, start, n)), n); }

/* Whether n padded values from `start` on are all the source's. */
PART int is_inside(const Windows *w, size start, size n) { return start >= w->left && w->left + w->inner - start >= n; }

/* Which value of its row the padding at `place` is; -1 for a value that is not the source's. */
PART size value_at(const Windows *w, size place) { return w->beyond[place < w->left ? place : place - w->inner]; }

/* Which types go together: the letter of the values, of the results, and both types. */
#define SUM_TYPES(ONE) \
    ONE('B', 'h', u8, i16) ONE('B', 'i', u8, i32) ONE('H', 'i', u16, i32) ONE('h', 'i', i16, i32) \
    ONE('B', 'f', u8, f32) ONE('H', 'f', u16, f32) ONE('h', 'f', i16, f32) ONE('f', 'f', f32, f32)
#define GRADIENT_TYPES(ONE) ONE('B', 'h', u8, i16) ONE('B', 'i', u8, i32) ONE('H', 'i', u16, i32) ONE('h', 'i', i16, i32)
#define BOX_TYPES(ONE) ONE('B', 'H', u8, u16) ONE('B', 'I', u8, u32) ONE('H', 'I', u16, u32)
#define EXTREME_TYPES(ONE) ONE('B', 'B', u8, u8) ONE('H', 'H', u16, u16) ONE('h', 'h', i16, i16) ONE('f', 'f', f32, f32)
#define COUNT_TYPES(ONE) ONE('H', u16) ONE('I', u32)
#define UNSIGNED_TYPES(ONE) ONE('B', u8) ONE('H', u16)
#define TOTAL_TYPES(ONE) ONE('B', 'H', u8, u16) ONE('B', 'i', u8, i32) ONE('H', 'i', u16, i32) ONE('h', 'i', i16, i32)
/* Write the n outputs of a block, of c channels, of which values were made for every position. Named strides and channels
 * make the compiler's loops faster. */
#define PICK(out, values, n, c, stride) \
    for (size x_ = 0; x_ < (n); x_ += (c)) \
        for (size k_ = 0; k_ < (c); k_++) (out)[x_ + k_] = (values)[x_ * (stride) + k_]
#define PICK_OUTPUTS(w, out, values, n) \
    do { \
        const size c = (w)->channels, stride = (w)->stride_along; \
        if (stride == 1) memcpy(out, values, (size_t)(n) * sizeof *(out)); \
        else if (c == 1 && stride == 2) PICK(out, values, n, 1, 2); \
        else if (c == 1) PICK(out, values, n, 1, stride); \
        else if (c == 3 && stride == 2) PICK(out, values, n, 3, 2); \
        else if (c == 3) PICK(out, values, n, 3, stride); \
        else if (c == 4) PICK(out, values, n, 4, stride); \
        else PICK(out, values, n, c, stride); \
    } while (0)

#define JOIN_(a, b) a##_##b
#define JOIN(a, b) JOIN_(a, b)
#define JOIN3(a, b, c) JOIN(JOIN(a, b), c)

/* How responses become levels: (v - origin) * gain / over, rounded, + base, of v or of its magnitude; if it is plain, v
 * itself. `level` is the letter of their type. */
typedef struct {
    char level;
    int magnitude, plain;
    double origin, gain, over, base;
} Mapping;

/* How many values the sum of row y and value x is of: tall[y] * wide[x]; wide is one from value `first` to `last`. */
typedef struct {
    const i32 *tall, *wide;
    size first, last;
} Means;

/* What a mapping could not show: `clipped` counts what is `not_numbers`, too. */
typedef struct {
    double lowest, highest;
    size clipped, not_numbers;
} Loss;

/* Where results go, and as what, by the letter of their type: levels by a mapping, or means, or what they are. */
typedef struct {
    void *to;
    size pitch;
    char type;
    const Mapping *mapping;
    const Means *means;
    Loss loss;
} Target;

void levels_i16(const Mapping *, const i16 *, void *, size, size, Loss *);
void levels_i32(const Mapping *, const i32 *, void *, size, size, Loss *);
void levels_f32(const Mapping *, const f32 *, void *, size, size, Loss *);
void means_u16(const Means *, size, size, const u16 *, size, Target *);
void means_i32(const Means *, size, size, const i32 *, size, Target *);
void means_u32(const Means *, size, size, const u32 *, size, Target *);
void note_levels(Target *, size, size);

/* Where the sums of a block are made: where they go, if as they are and the row has room for a whole block, else in `memory`.
 * What is then made beyond the block's own values, the next block makes again. */
#define WHERE(TYPE, w, target, y, at, memory) \
    ((w)->stride_along == 1 && !(target)->mapping && (w)->width - (at) >= BLOCK_OF(TYPE) \
     ? (TYPE *)(target)->to + (y) * (target)->pitch + (at) : (memory))

/* Hand on the n outputs of a block from value `at` of row y on, of which values were made for every position: responses, and
 * sums that may become means. */
#define PUT(TYPE, w, target, y, at, values, n) \
    do { \
        TYPE picked_[BLOCK_OF(TYPE)]; \
        const size to_ = (y) * (target)->pitch + (at); \
        if ((target)->mapping) { \
            if ((w)->stride_along > 1) PICK_OUTPUTS(w, picked_, values, n); \
            JOIN(levels, TYPE)((target)->mapping, (w)->stride_along == 1 ? (values) : picked_, (target)->to, to_, n, &(target)->loss); \
        } else if ((values) != (TYPE *)(target)->to + to_) PICK_OUTPUTS(w, (TYPE *)(target)->to + to_, values, n); \
    } while (0)
#define PUT_TOTAL(TYPE, w, target, y, at, values, n, is_picked) \
    do { \
        TYPE picked_[BLOCK_OF(TYPE)]; \
        TYPE *into_ = (target)->means ? picked_ : (TYPE *)(target)->to + (y) * (target)->pitch + (at); \
        if (!(is_picked)) PICK_OUTPUTS(w, into_, values, n); \
        else if (!(target)->means) memcpy(into_, values, (size_t)(n) * sizeof *into_); \
        if ((target)->means) JOIN(means, TYPE)((target)->means, y, at, (is_picked) ? (values) : picked_, n, target); \
    } while (0)

/* What the loops say of themselves stands where they are: sums.h, box.h, total.h, extreme.h, runs.h, network.h, median.h,
 * huang.h, filters.h, png.c. */
#define PROTOTYPES(s, r, SOURCE, RESULT) \
    void correlate_##SOURCE##_##RESULT(const Windows *, const SOURCE *, size, Target *, const RESULT *, const RESULT *, const RESULT *); \
    void correlate_each_##SOURCE##_##RESULT(const Windows *, const SOURCE *, size, Target *, const RESULT *, const RESULT *, const RESULT *); \
    void separable_##SOURCE##_##RESULT(const Windows *, const SOURCE *, size, Target *, const RESULT *, const RESULT *, const RESULT *, \
                                       const RESULT *);
SUM_TYPES(PROTOTYPES)
#undef PROTOTYPES
#define PROTOTYPES(s, r, SOURCE, SUM) \
    void gradient_##SOURCE##_##SUM(const Windows *, const SOURCE *, size, Target *, const SUM *, const SUM *, const SUM *, f32);
GRADIENT_TYPES(PROTOTYPES)
#undef PROTOTYPES
#define PROTOTYPES(s, r, SOURCE, RESULT) \
    void box_##SOURCE##_##RESULT(const Windows *, const SOURCE *, size, Target *, RESULT *, const RESULT *);
BOX_TYPES(PROTOTYPES)
#undef PROTOTYPES
#define PROTOTYPES(s, r, SOURCE, RESULT) \
    void maximum_##SOURCE##_##RESULT(const Windows *, const SOURCE *, size, size, size, size, size, Target *); \
    void minimum_##SOURCE##_##RESULT(const Windows *, const SOURCE *, size, size, size, size, size, Target *);
EXTREME_TYPES(PROTOTYPES)
#undef PROTOTYPES
#define PROTOTYPES(s, r, VALUE, SAME) \
    void maximum_runs_##VALUE(const Windows *, const VALUE *, size, size, size, size, size, const i32 *, size, const i32 *, size, VALUE *, VALUE *, size); \
    void minimum_runs_##VALUE(const Windows *, const VALUE *, size, size, size, size, size, const i32 *, size, const i32 *, size, VALUE *, VALUE *, size); \
    void network_##VALUE(const Windows *, const VALUE *, size, VALUE *, size);
EXTREME_TYPES(PROTOTYPES)
#undef PROTOTYPES
#define PROTOTYPES(c, COUNT) void median_##COUNT(const Windows *, const u8 *, size, size, size, size, size, COUNT *, u8 *, size);
COUNT_TYPES(PROTOTYPES)
#undef PROTOTYPES
#define PROTOTYPES(v, VALUE) \
    void huang_##VALUE(const Windows *, const VALUE *, size, size, size, size, size, const i32 *, size, i32 *, VALUE *, size);
UNSIGNED_TYPES(PROTOTYPES)
#undef PROTOTYPES
#define PROTOTYPES(s, r, SOURCE, RESULT) \
    void total_##SOURCE##_##RESULT(const Windows *, const SOURCE *, size, size, size, size, size, Target *);
TOTAL_TYPES(PROTOTYPES)
#undef PROTOTYPES
#define PROTOTYPE(filters) \
    void filters_##filters(const Windows *, const f32 *, size, const f32 *, const Cells *, size, const f32 *, const f32 *, Panels, f32 *, size, Images);
PROTOTYPE(8) PROTOTYPE(16) PROTOTYPE(32)
#undef PROTOTYPE
#define PROTOTYPE(filters) \
    void filter_gradients_##filters(const Windows *, const f32 *, size, const f32 *, size, f32 *, Images);
PROTOTYPE(8) PROTOTYPE(16) PROTOTYPE(32)
#undef PROTOTYPE
size unfilter(const u8 *, size, const u8 *, u8 *, size, size, size, size);

#endif
