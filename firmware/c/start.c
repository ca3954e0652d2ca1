/* What stands between reset and main: the vectors, the FPU, the memory; and a voice and an end through
   semihosting. */
#include "start.h"

extern uint32_t data_start, data_end, data_image, bss_start, bss_end, stack_top;

int main(void);
void reset(void);

static int32_t semihost(int32_t operation, const void *argument)
{
    register int32_t r0 __asm__("r0") = operation;
    register const void *r1 __asm__("r1") = argument;
    __asm__ volatile("bkpt 0xab" : "+r"(r0) : "r"(r1) : "memory");
    return r0;
}

/* To standard output, which semihosting calls ":tt". */
void say(const char *text)
{
    static const struct {
        const char *name;
        uint32_t mode, length;
    } terminal = { ":tt", 4, 3 };
    static int32_t handle = 0;
    if (handle == 0) {
        handle = semihost(0x01, &terminal); /* SYS_OPEN */
    }
    uint32_t length = 0;
    while (text[length] != '\0') {
        length++;
    }
    const struct {
        int32_t handle;
        const char *text;
        uint32_t length;
    } write = { handle, text, length };
    semihost(0x05, &write); /* SYS_WRITE */
}

void say_number(uint32_t number)
{
    char digits[11];
    char *digit = digits + sizeof digits;
    *--digit = '\0';
    do {
        *--digit = (char)('0' + number % 10);
        number /= 10;
    } while (number != 0);
    say(digit);
}

void say_bits(uint32_t bits)
{
    char digits[9];
    for (int place = 0; place < 8; place++) {
        digits[place] = "0123456789abcdef"[(bits >> (28 - 4 * place)) & 15];
    }
    digits[8] = '\0';
    say(digits);
}

void leave(int code)
{
    const uint32_t block[2] = { 0x20026 /* ADP_Stopped_ApplicationExit */, (uint32_t)code };
    semihost(0x20, block); /* SYS_EXIT_EXTENDED */
    for (;;) {
    }
}

/* Painted, so that the deepest the stack has been can be read later. */
#define PAINT 0xaaaaaaaau

uint32_t stack_bytes(void)
{
    const uint32_t *word = &bss_end;
    while (word < &stack_top && *word == PAINT) {
        word++;
    }
    return (uint32_t)(&stack_top - word) * 4;
}

void reset(void)
{
    *(volatile uint32_t *)0xe000ed88 |= 0xfu << 20; /* CPACR: the FPU */
    __asm__ volatile("dsb\n isb");
    const uint32_t *from = &data_image;
    for (uint32_t *to = &data_start; to < &data_end; to++) {
        *to = *from++;
    }
    for (uint32_t *to = &bss_start; to < &bss_end; to++) {
        *to = 0;
    }
    uint32_t *here;
    __asm__ volatile("mov %0, sp" : "=r"(here));
    for (volatile uint32_t *word = &bss_end; word < here - 16; word++) {
        *word = PAINT;
    }
    leave(main());
}

static void fault(void)
{
    say("fault\n");
    leave(101);
}

struct vectors {
    const uint32_t *stack;
    void (*handlers[15])(void);
};

__attribute__((section(".vectors"), used)) static const struct vectors vectors = {
    &stack_top, { reset, fault, fault, fault, fault, fault },
};
