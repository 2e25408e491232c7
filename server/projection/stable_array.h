// Append-only storage for one writer and many readers: what was appended never moves and never changes its place.
//
// An element may be read by whoever learned its place from the writer through a release store (an index slot, a link,
// the published version). Nothing is freed before the whole is.
#ifndef GI_SERVER_PROJECTION_STABLE_ARRAY_H_
#define GI_SERVER_PROJECTION_STABLE_ARRAY_H_

#include <sys/mman.h>

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>

#include "absl/strings/string_view.h"

namespace gi::projection {

// An array of value-initialised elements. Large ones ask for huge pages: what is looked up at random then finds most
// of its addresses in the processor's own table.
template <class T>
class FixedArray {
 public:
  explicit FixedArray(size_t size) : size_(size) {
    const bool huge = size * sizeof(T) >= kHugePage;
    const size_t alignment = huge ? kHugePage : size_t{64};
    void* memory = std::aligned_alloc(alignment, (size * sizeof(T) + alignment - 1) / alignment * alignment);
    if (memory == nullptr) std::abort();
    if (huge) madvise(memory, size * sizeof(T), MADV_HUGEPAGE);  // a wish: nothing depends on it
    elements_ = static_cast<T*>(memory);
    std::uninitialized_value_construct_n(elements_, size);
  }
  ~FixedArray() {
    std::destroy_n(elements_, size_);
    std::free(elements_);
  }
  FixedArray(const FixedArray&) = delete;
  FixedArray& operator=(const FixedArray&) = delete;

  T& operator[](size_t i) { return elements_[i]; }
  const T& operator[](size_t i) const { return elements_[i]; }
  T* data() { return elements_; }

 private:
  static constexpr size_t kHugePage = size_t{2} << 20;

  T* elements_;
  const size_t size_;
};

// Places are counted from 1; 0 stands for none.
using Place = uint32_t;

// Grows by 2^kChunkBits elements at a time.
template <class T, uint32_t kChunkBits = 10>
class StableArray {
 public:
  static constexpr uint32_t kChunkSize = 1u << kChunkBits;
  static constexpr uint32_t kMaxChunks = 1u << 14;

  StableArray() : chunks_(std::make_unique<std::array<std::atomic<FixedArray<T>*>, kMaxChunks>>()) {}
  ~StableArray() {
    for (std::atomic<FixedArray<T>*>& chunk : *chunks_) delete chunk.load(std::memory_order_relaxed);
  }
  StableArray(const StableArray&) = delete;
  StableArray& operator=(const StableArray&) = delete;

  // A new element, for the writer to fill before it tells its place. 0: full.
  Place Append() {
    const uint32_t index = size_ + 1;
    const uint32_t chunk = index >> kChunkBits;
    if (chunk >= kMaxChunks) return 0;
    std::atomic<FixedArray<T>*>& slot = (*chunks_)[chunk];
    if (slot.load(std::memory_order_relaxed) == nullptr) {
      slot.store(new FixedArray<T>(kChunkSize), std::memory_order_release);
    }
    size_ = index;
    return index;
  }

  T& operator[](Place place) {
    return (*(*chunks_)[place >> kChunkBits].load(std::memory_order_acquire))[place & (kChunkSize - 1)];
  }
  const T& operator[](Place place) const {
    return (*(*chunks_)[place >> kChunkBits].load(std::memory_order_acquire))[place & (kChunkSize - 1)];
  }

  // For the writer.
  uint32_t size() const { return size_; }
  size_t bytes() const { return (size_t{size_ >> kChunkBits} + 1) * kChunkSize * sizeof(T); }

 private:
  std::unique_ptr<std::array<std::atomic<FixedArray<T>*>, kMaxChunks>> chunks_;
  uint32_t size_ = 0;
};

// Short strings (up to 255 bytes), back to back.
class StringArena {
 public:
  StringArena() : chunks_(std::make_unique<std::array<std::atomic<FixedArray<char>*>, kMaxChunks>>()) {}
  ~StringArena() {
    for (std::atomic<FixedArray<char>*>& chunk : *chunks_) delete chunk.load(std::memory_order_relaxed);
  }
  StringArena(const StringArena&) = delete;
  StringArena& operator=(const StringArena&) = delete;

  // 0: full, or too long.
  Place Append(absl::string_view text) {
    const uint32_t units = static_cast<uint32_t>((text.size() + 1 + kUnit - 1) / kUnit);
    if (text.size() > 255) return 0;
    if ((next_ & (kChunkUnits - 1)) + units > kChunkUnits) next_ = (next_ | (kChunkUnits - 1)) + 1;
    const uint32_t chunk = next_ / kChunkUnits;
    if (chunk >= kMaxChunks) return 0;
    std::atomic<FixedArray<char>*>& slot = (*chunks_)[chunk];
    if (slot.load(std::memory_order_relaxed) == nullptr) {
      slot.store(new FixedArray<char>(size_t{kChunkUnits} * kUnit), std::memory_order_release);
    }
    char* to = At(next_);
    *to = static_cast<char>(text.size());
    std::memcpy(to + 1, text.data(), text.size());
    const Place place = next_;
    next_ += units;
    return place;
  }

  absl::string_view operator[](Place place) const {
    const char* at = At(place);
    return {at + 1, static_cast<uint8_t>(*at)};
  }

  void Prefetch(Place place) const { __builtin_prefetch(At(place)); }

  size_t bytes() const { return size_t{next_} * kUnit; }

 private:
  static constexpr uint32_t kUnit = 4;
  static constexpr uint32_t kChunkUnits = 1u << 19;
  static constexpr uint32_t kMaxChunks = (1u << 13) - 1;

  char* At(Place place) const {
    return (*chunks_)[place / kChunkUnits].load(std::memory_order_acquire)->data() +
           size_t{place % kChunkUnits} * kUnit;
  }

  std::unique_ptr<std::array<std::atomic<FixedArray<char>*>, kMaxChunks>> chunks_;
  uint32_t next_ = 1;  // 0 stands for none
};

}  // namespace gi::projection

#endif  // GI_SERVER_PROJECTION_STABLE_ARRAY_H_
