/* Includes LOOPS, a file of loops for one type of values (VALUE), for each of the types that values are picked of. */
#define VALUE u8
#include LOOPS
#undef VALUE
#define VALUE u16
#include LOOPS
#undef VALUE
#define VALUE i16
#include LOOPS
#undef VALUE
#define VALUE f32
#include LOOPS
#undef VALUE
