/* Includes LOOPS for the largest and for the smallest values (NAME, COMBINE of two, START where there is none), of each type
 * of values. */
#define NAME maximum
#define COMBINE LARGER
#define START JOIN(LEAST, VALUE)
#include "each_value.h"
#undef NAME
#undef COMBINE
#undef START
#define NAME minimum
#define COMBINE SMALLER
#define START JOIN(GREATEST, VALUE)
#include "each_value.h"
#undef NAME
#undef COMBINE
#undef START
