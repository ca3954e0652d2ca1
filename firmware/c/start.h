/* What the board gives a program: see start.c. */
#ifndef START_H
#define START_H

#include <stdint.h>

void say(const char *text);
void say_number(uint32_t number);
void say_bits(uint32_t bits);
uint32_t stack_bytes(void);
void leave(int code);

#endif
