// Tells ThreadSanitizer of the locks that it can't see.
//
// Swift's `Mutex` takes and gives back a free lock in code of its caller's, which is instrumented. When somebody waits it
// does so inside libswiftSynchronization, which isn't, and ThreadSanitizer would call what the lock protects a race. This
// is linked into each program of the build, and its functions stand before the library's.

#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdint.h>
#include <stdlib.h>

// <sanitizer/tsan_interface.h>
void __tsan_acquire(void *address);
void __tsan_release(void *address);

#define LOCK "$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF"
#define UNLOCK "$s15Synchronization12_MutexHandleV11_unlockSlowyyF"

typedef __attribute__((swiftcall)) void Lock(uint32_t thread, __attribute__((swift_context)) void *mutex);
typedef __attribute__((swiftcall)) void Unlock(__attribute__((swift_context)) void *mutex);

static void *libraryFunction(const char *name) {
    void *function = dlsym(RTLD_NEXT, name);
    if (!function) abort();
    return function;
}

Lock lock __asm__(LOCK);
Unlock unlock __asm__(UNLOCK);

// _MutexHandle._lockSlow(_: UInt32)
__attribute__((swiftcall)) void lock(uint32_t thread, __attribute__((swift_context)) void *mutex) {
    ((Lock *)libraryFunction(LOCK))(thread, mutex);
    __tsan_acquire(mutex);
}

// _MutexHandle._unlockSlow()
__attribute__((swiftcall)) void unlock(__attribute__((swift_context)) void *mutex) {
    __tsan_release(mutex);
    ((Unlock *)libraryFunction(UNLOCK))(mutex);
}
