// What a thread's work is worth to those who wait.
#ifndef GI_STORAGE_BASE_THREAD_PRIORITY_H_
#define GI_STORAGE_BASE_THREAD_PRIORITY_H_

namespace gi {

// Lets threads that answer in microseconds go before the calling one, where the processors do not suffice for all. A wish:
// nothing depends on it.
void YieldToShortWork();

}  // namespace gi

#endif  // GI_STORAGE_BASE_THREAD_PRIORITY_H_
