/* Runs the NEON kernels that the .NET compiler made: requests come by standard input, results go to standard output.
   A request is six 32-bit numbers (kernel, length, stride, count, bytes of the first operand, bytes of the second) and both
   operands. Freestanding, so that nothing but a compiler and a linker is needed to build it. */

typedef int (*code_kernel)(void *, void *, int);
typedef float (*float_kernel)(void *, void *, int);
typedef void (*many_kernel)(void *, void *, int, int, int, void *);
typedef int four __attribute__((vector_size(16)));
typedef four (*four_kernel)(void *, void *, void *, void *, void *, int);

extern float Dot(void *, void *, int), SquaredL2(void *, void *, int);
extern void DotMany(void *, void *, int, int, int, void *), SquaredL2Many(void *, void *, int, int, int, void *);
extern int DotBytes(void *, void *, int), DotNibbles(void *, void *, int), DotPairs(void *, void *, int), DotBits(void *, void *, int);
extern void DotBytesMany(void *, void *, int, int, int, void *);
extern four DotBytesOf4(void *, void *, void *, void *, void *, int), DotNibblesOf4(void *, void *, void *, void *, void *, int);

static const float_kernel floats[] = {Dot, SquaredL2};
static const code_kernel codes[] = {DotBytes, DotNibbles, DotPairs, DotBits};
static const many_kernel many[] = {DotMany, SquaredL2Many, DotBytesMany};
static const four_kernel fours[] = {DotBytesOf4, DotNibblesOf4};

static unsigned char first_buffer[1 << 20] __attribute__((aligned(64)));
static unsigned char second_buffer[1 << 20] __attribute__((aligned(64)));
static int results[64];

static long call(long number, long a, long b, long c)
{
    register long x8 __asm__("x8") = number;
    register long x0 __asm__("x0") = a, x1 __asm__("x1") = b, x2 __asm__("x2") = c;
    __asm__ volatile("svc 0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2) : "memory");
    return x0;
}

static void leave(int code)
{
    for (;;) call(93, code, 0, 0);
}

/* Returns 0 where the input ends before the first byte. */
static int take(void *into, long count)
{
    long done = 0;
    while (done < count) {
        long got = call(63, 0, (long)into + done, count - done);
        if (got == 0 && done == 0) return 0;
        if (got <= 0) leave(2);
        done += got;
    }
    return 1;
}

void run(void)
{
    int request[6];
    while (take(request, sizeof request)) {
        int kernel = request[0], length = request[1], stride = request[2], count = request[3];
        /* Off every alignment but that of the elements. */
        int shift = kernel < 2 || kernel == 6 || kernel == 7 ? 4 : 1;
        unsigned char *first = first_buffer + shift, *second = second_buffer + 3 * shift;
        if (kernel < 0 || kernel > 10 || count < 1 || count > 64) leave(3);
        if (request[4] < 0 || request[4] > (1 << 19) || request[5] < 0 || request[5] > (1 << 19)) leave(4);
        if (request[4]) take(first, request[4]);
        if (request[5]) take(second, request[5]);
        if (kernel < 2) *(float *)results = floats[kernel](first, second, length);
        else if (kernel < 6) results[0] = codes[kernel - 2](first, second, length);
        else if (kernel < 9) many[kernel - 6](first, second, stride, count, length, results);
        else {
            four products = fours[kernel - 9](first, second, second + stride, second + 2 * stride, second + 3 * stride, length);
            for (int i = 0; i < 4; i++) results[i] = products[i];
        }
        if (call(64, 1, (long)results, 4 * count) != 4 * count) leave(5);
    }
    leave(0);
}

__asm__(".global _start\n_start: mov x29, xzr\n mov x30, xzr\n bl run\n");
