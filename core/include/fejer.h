/* Fejér: heads that learn on a microcontroller. Written by cbindgen: do not edit. */

#ifndef FEJER_H
#define FEJER_H

#include <stddef.h>
#include <stdint.h>

/** The prior precision unless you know better. */
#define FEJER_PRECISION 0.3f

#define FEJER_EVEN(bytes, to) (((bytes) + (to) - 1) / (to) * (to))
#define FEJER_STORAGE_BYTES(features, outputs, memory, sample) \
    FEJER_EVEN(32 + 16 * sizeof(void *) + 8 * ((features) + 1) * (outputs) \
               + (memory) * FEJER_EVEN(4 * (outputs) + (features) + 1 + (sample), 4), 8)

/** Bytes of storage a head that learns from classes needs: declare
    `static uint64_t storage[FEJER_CLASSES_BYTES(64, 9, 64) / 8];`. */
#define FEJER_CLASSES_BYTES(features, outputs, memory) \
    FEJER_STORAGE_BYTES(features, outputs, memory, 1)

/** The same of a head that learns from numbers. */
#define FEJER_NUMBERS_BYTES(features, outputs, memory) \
    FEJER_STORAGE_BYTES(features, outputs, memory, 4 * (outputs))

/** Bytes of a checkpoint, at most: a full memory of a head that learns from classes. */
#define FEJER_CHECKPOINT_BYTES(features, outputs, memory) \
    (44 + 4 * ((features) + 1) * (outputs) + (memory) * ((features) + 1 + 4 * (outputs)))

/** The same of a head that learns from numbers. */
#define FEJER_NUMBERS_CHECKPOINT_BYTES(features, outputs, memory) \
    (44 + 4 * ((features) + 1) * (outputs) + (memory) * ((features) + 8 * (outputs)))


/**
 * The version of this interface; it grows when a program written for it would have to change.
 */
#define FEJER_INTERFACE 1

/**
 * What a call says: FEJER_STATUS_GOOD, or why nothing was done.
 */
enum fejer_status
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
  /**
   * Done.
   */
  FEJER_STATUS_GOOD = 0,
  /**
   * A pointer is null.
   */
  FEJER_STATUS_NULL = 1,
  /**
   * Storage is not aligned to 8 bytes, or numbers not as C aligns them.
   */
  FEJER_STATUS_ALIGNMENT = 2,
  /**
   * Not a head: never initialised, moved, or overwritten.
   */
  FEJER_STATUS_HANDLE = 3,
  /**
   * Memory given overlaps the head's storage, or input overlaps output.
   */
  FEJER_STATUS_OVERLAP = 4,
  /**
   * Not as many features or outputs as the head has, or an index past the end.
   */
  FEJER_STATUS_LENGTH = 5,
  /**
   * The storage is too small: take FEJER_CLASSES_BYTES or FEJER_NUMBERS_BYTES.
   */
  FEJER_STATUS_STORAGE = 6,
  /**
   * The library was not built for this shape: see FEJER_SHAPES.
   */
  FEJER_STATUS_SHAPE = 7,
  /**
   * The buffer is too small for the checkpoint.
   */
  FEJER_STATUS_BUFFER = 8,
  /**
   * The label is not one of the outputs, not a sound number, or of the other kind.
   */
  FEJER_STATUS_LABEL = 9,
  /**
   * A weight, feature, target or score is NaN, infinite or too large.
   */
  FEJER_STATUS_UNSOUND = 10,
  /**
   * The prior precision is not a positive number.
   */
  FEJER_STATUS_PRECISION = 11,
  /**
   * The duality gap is above what was asked for: give it more passes.
   */
  FEJER_STATUS_GAP = 12,
  /**
   * The checkpoint is cut short.
   */
  FEJER_STATUS_TRUNCATED = 20,
  /**
   * Not a checkpoint: it does not begin with "FJER".
   */
  FEJER_STATUS_NOT_A_CHECKPOINT = 21,
  /**
   * A version of the checkpoint format this library does not know.
   */
  FEJER_STATUS_VERSION = 22,
  /**
   * The checkpoint's checksum does not match: a flipped bit or a cut write.
   */
  FEJER_STATUS_CHECKSUM = 23,
  /**
   * The checkpoint's numbers are not 32-bit floats.
   */
  FEJER_STATUS_SCALAR = 24,
  /**
   * A link this library does not know.
   */
  FEJER_STATUS_LINK = 25,
  /**
   * The checkpoint remembers another kind of label.
   */
  FEJER_STATUS_TARGET = 26,
  /**
   * The checkpoint holds no memory: give it to `fejer_init`.
   */
  FEJER_STATUS_HEAD_ALONE = 27,
  /**
   * The checkpoint was learnt from another factory head.
   */
  FEJER_STATUS_FACTORY = 28,
  /**
   * The checkpoint remembers more samples than this head can.
   */
  FEJER_STATUS_MEMORY = 29,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum fejer_status fejer_status;
#else
typedef int32_t fejer_status;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * What a head learns from.
 */
enum fejer_label
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
  /**
   * Classes, counted from 0: softmax heads.
   */
  FEJER_LABEL_CLASSES = 0,
  /**
   * As many numbers as there are outputs: heads of any other link.
   */
  FEJER_LABEL_NUMBERS = 1,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum fejer_label fejer_label;
#else
typedef int32_t fejer_label;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * A head that learns, in its caller's storage. Nothing of it is for C to look at.
 */
typedef struct fejer_head fejer_head;

/**
 * A shape of head.
 */
typedef struct fejer_shape {
  /**
   * What it learns from.
   */
  fejer_label label;
  /**
   * Features of a sample.
   */
  size_t features;
  /**
   * Outputs.
   */
  size_t outputs;
  /**
   * The most samples it remembers.
   */
  size_t memory;
  /**
   * Bytes of storage it needs.
   */
  size_t storage;
  /**
   * Bytes of its checkpoint with a full memory.
   */
  size_t checkpoint;
} fejer_shape;

/**
 * How good the learnt weights W are, W* being the solution of the problem as remembered.
 */
typedef struct fejer_certificate {
  /**
   * Duality gap in nats, rounding included; 0 only at the solution.
   */
  float gap;
  /**
   * How far rounding has carried the weights from those of the dual values.
   */
  float drift;
  /**
   * Upper bound on the distance of W to W*.
   */
  float distance;
  /**
   * Natural residual of W, rounding included.
   */
  float residual;
} fejer_certificate;

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

/**
 * The version of the interface the library was built with; compare it with FEJER_INTERFACE.
 */
uint32_t fejer_interface(void);

/**
 * The shape number `index` this library was built for, in no order, from 0; FEJER_STATUS_SHAPE
 * after the last.
 *
 * # Safety
 * `shape` is null or points to a writable `fejer_shape`.
 */
fejer_status fejer_shape_at(size_t index, struct fejer_shape *shape);

/**
 * Makes a head in `storage` from a checkpoint of its factory weights, and gives its handle.
 *
 * The number of features and outputs and the link are the checkpoint's; a softmax head learns from
 * classes, any other from numbers. `memory` is how many samples it remembers; the library must have
 * been built for that shape. `precision` is FEJER_PRECISION unless you know better: small trusts the
 * field's labels, large trusts the factory.
 *
 * `storage` is FEJER_CLASSES_BYTES or FEJER_NUMBERS_BYTES long and aligned to 8 bytes; it belongs to
 * the head from now on and must not be moved. The factory's bytes are not needed any more.
 *
 * # Safety
 * `head` is null or writable; `storage` and `factory` are null or as long as said.
 */
fejer_status fejer_init(struct fejer_head **head,
                        void *storage,
                        size_t storage_length,
                        const uint8_t *factory,
                        size_t factory_length,
                        size_t memory,
                        float precision);

/**
 * What the head is like and how many samples it remembers now.
 *
 * # Safety
 * `head` is null or came from `fejer_init`, its storage still there; `shape` and `remembered` are
 * null or writable.
 */
fejer_status fejer_describe(const struct fejer_head *head,
                            struct fejer_shape *shape,
                            size_t *remembered);

/**
 * Prediction for one sample: for a softmax head, the share of each class.
 *
 * # Safety
 * `head` as everywhere; `features` and `prediction` are null or that many floats long.
 */
fejer_status fejer_predict(const struct fejer_head *head,
                           const float *features,
                           size_t features_length,
                           float *prediction,
                           size_t prediction_length);

/**
 * Learns a sample of this class (from 0) at once and remembers it; a full memory forgets its oldest.
 *
 * # Safety
 * `head` as everywhere; `features` is null or that many floats long.
 */
fejer_status fejer_learn_class(struct fejer_head *head,
                               const float *features,
                               size_t features_length,
                               uint8_t class_index);

/**
 * Learns a sample whose prediction should have been these numbers, and remembers it.
 *
 * # Safety
 * `head` as everywhere; `features` and `target` are null or that many floats long.
 */
fejer_status fejer_learn_numbers(struct fejer_head *head,
                                 const float *features,
                                 size_t features_length,
                                 const float *target,
                                 size_t target_length);

/**
 * Visits `count` remembered samples again: three after each label is the demo's habit.
 *
 * # Safety
 * `head` as everywhere.
 */
fejer_status fejer_revisit(struct fejer_head *head, uint32_t count);

/**
 * Passes over the memory in idle time until the duality gap is at most `gap`, at most `passes` of
 * them. FEJER_STATUS_GOOD: it is. FEJER_STATUS_GAP: it is not yet; the certificate is written all the
 * same.
 *
 * # Safety
 * `head` as everywhere; `certificate` is null or writable.
 */
fejer_status fejer_consolidate(struct fejer_head *head,
                               uint32_t passes,
                               float gap,
                               struct fejer_certificate *certificate);

/**
 * How good the learnt weights are.
 *
 * # Safety
 * `head` as everywhere; `certificate` is null or writable.
 */
fejer_status fejer_certify(const struct fejer_head *head, struct fejer_certificate *certificate);

/**
 * Forgets the remembered sample with this index, oldest first, exactly: the head of the problem
 * without it, up to consolidation. FEJER_STATUS_LENGTH if there are not that many.
 *
 * # Safety
 * `head` as everywhere.
 */
fejer_status fejer_forget(struct fejer_head *head, size_t index);

/**
 * One word for a log: "good", "null", "checksum", …; "unknown" for a number that is no status.
 */
const char *fejer_word(int32_t status);

/**
 * Writes the head with all it remembers; `fejer_resume` goes on from there to the last bit.
 * `written` is how many bytes of `buffer` were taken; a `fejer_shape` says how many it may be.
 *
 * # Safety
 * `head` as everywhere; `buffer` is null or `capacity` bytes long, `written` null or writable.
 */
fejer_status fejer_save(const struct fejer_head *head,
                        uint8_t *buffer,
                        size_t capacity,
                        size_t *written);

/**
 * Puts the head where a checkpoint of `fejer_save` left it. It must have been learnt from the same
 * factory head. Bytes after the checkpoint are ignored, so a whole flash page can be given.
 *
 * # Safety
 * `head` as everywhere; `checkpoint` is null or that many bytes long.
 */
fejer_status fejer_resume(struct fejer_head *head,
                          const uint8_t *checkpoint,
                          size_t checkpoint_length);

/**
 * Hash of link and weights: equal heads have equal hashes on device and desktop.
 *
 * # Safety
 * `head` as everywhere; `hash` is null or writable.
 */
fejer_status fejer_hash(const struct fejer_head *head, uint64_t *hash);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif  /* FEJER_H */
