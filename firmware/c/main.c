/* A head that learns, in C: the factory's bearings, then 45 labels of another machine's. */
#include "fejer.h"
#include "recording.h"
#include "start.h"

#define MEMORY 64

/* All the memory there is: no heap. */
static uint64_t storage[FEJER_CLASSES_BYTES(FEATURES, OUTPUTS, MEMORY) / 8];
static uint64_t other[FEJER_CLASSES_BYTES(FEATURES, OUTPUTS, MEMORY) / 8];
static uint8_t saved[FEJER_CHECKPOINT_BYTES(FEATURES, OUTPUTS, MEMORY)];

static void expect(const char *what, fejer_status found, fejer_status wanted)
{
    if (found != wanted) {
        say(what);
        say(": ");
        say(fejer_word(found));
        say("\n");
        leave(1);
    }
}

static void must(const char *what, fejer_status found)
{
    expect(what, found, FEJER_STATUS_GOOD);
}

/* A recorded sample, standardised, in 1/32. */
static const float *features_of(const int8_t *codes)
{
    static float features[FEATURES];
    for (int index = 0; index < FEATURES; index++) {
        features[index] = (float)codes[index] / 32.0f;
    }
    return features;
}

static void say_correct(const char *when, const fejer_head *head)
{
    uint32_t correct = 0;
    for (int sample = 0; sample < TESTS; sample++) {
        float shares[OUTPUTS];
        must("predict", fejer_predict(head, features_of(TEST[sample]), FEATURES, shares, OUTPUTS));
        int best = 0;
        for (int output = 1; output < OUTPUTS; output++) {
            best = shares[output] > shares[best] ? output : best;
        }
        correct += best == TEST_CLASS[sample];
    }
    say(when);
    say(" correct=");
    say_number(correct);
    say(" of=");
    say_number(TESTS);
    say("\n");
}

static void say_head(const char *when, const fejer_head *head)
{
    uint64_t hash = 0;
    must("hash", fejer_hash(head, &hash));
    say(when);
    say(" weights=");
    say_bits((uint32_t)(hash >> 32));
    say_bits((uint32_t)hash);
    say("\n");
}

static void say_float(const char *name, float number)
{
    union {
        float number;
        uint32_t bits;
    } both = { number };
    say(name);
    say_bits(both.bits);
}

static void learn(fejer_head *head)
{
    for (int sample = 0; sample < LABELS; sample++) {
        const float *features = features_of(LABELLED[sample]);
        must("learn", fejer_learn_class(head, features, FEATURES, LABELLED_CLASS[sample]));
        must("revisit", fejer_revisit(head, 3));
    }
}

/* In idle time, a pass at a time. */
static void consolidate(fejer_head *head)
{
    fejer_certificate certificate;
    uint32_t passes = 0;
    fejer_status status;
    do {
        status = fejer_consolidate(head, 1, 1e-3f, &certificate);
        passes++;
    } while (status == FEJER_STATUS_GAP && passes < 100);
    must("consolidate", status);
    say("certified passes=");
    say_number(passes);
    say_float(" gap=", certificate.gap);
    say_float(" distance=", certificate.distance);
    say_float(" residual=", certificate.residual);
    say("\n");
}

/* A power cut later: the factory head and what was saved give the same head. */
static void save_and_resume(const fejer_head *head)
{
    fejer_head *resumed;
    size_t length;
    must("save", fejer_save(head, saved, sizeof saved, &length));
    must("init", fejer_init(&resumed, other, sizeof other, FACTORY, sizeof FACTORY, MEMORY,
                            FEJER_PRECISION));
    must("resume", fejer_resume(resumed, saved, length));
    say("saved bytes=");
    say_number(length);
    say("\n");
    say_head("resumed", resumed);
}

/* What goes wrong has a name, and changes nothing. */
static void refuse(fejer_head *head)
{
    float features[FEATURES] = { 0 };
    expect("a null pointer", fejer_learn_class(head, NULL, FEATURES, 0), FEJER_STATUS_NULL);
    expect("a length", fejer_learn_class(head, features, 3, 0), FEJER_STATUS_LENGTH);
    expect("a class", fejer_learn_class(head, features, FEATURES, OUTPUTS), FEJER_STATUS_LABEL);
    features[5] = __builtin_nanf("");
    expect("a NaN", fejer_learn_class(head, features, FEATURES, 0), FEJER_STATUS_UNSOUND);
    saved[100] ^= 1;
    expect("a flipped bit", fejer_resume(head, saved, sizeof saved), FEJER_STATUS_CHECKSUM);
    say_head("refused", head);
}

int main(void)
{
    fejer_head *head;
    must("init", fejer_init(&head, storage, sizeof storage, FACTORY, sizeof FACTORY, MEMORY,
                            FEJER_PRECISION));
    say_head("factory", head);
    say_correct("before", head);
    learn(head);
    say_head("learnt", head);
    consolidate(head);
    say_head("consolidated", head);
    say_correct("after", head);
    save_and_resume(head);
    refuse(head);
    say("stack bytes=");
    say_number(stack_bytes());
    say("\n");
    return 0;
}
