// A hash table from keys kept elsewhere to places, for one writer and many readers that never wait.
//
// A slot is one word: 32 bits of the hash and a place. Nothing is removed; a place can be replaced by another with an
// equal key. Growing builds a new table beside the old one and keeps the old ones for readers that are still in them:
// together they are no larger than the new one.
#ifndef GI_SERVER_PROJECTION_HASH_INDEX_H_
#define GI_SERVER_PROJECTION_HASH_INDEX_H_

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "server/projection/stable_array.h"

namespace gi::projection {

class HashIndex {
 public:
  using HashOf = std::function<uint64_t(Place)>;

  // `hash_of` computes the hash of an entry again when the table grows.
  explicit HashIndex(HashOf hash_of) : hash_of_(std::move(hash_of)) { Grow(1u << 10); }

  // For the writer: room for that many entries without growing.
  void Reserve(size_t entries) {
    size_t capacity = table_.load(std::memory_order_relaxed)->capacity();
    while (entries * 4 > capacity * 3) capacity *= 2;
    if (capacity > table_.load(std::memory_order_relaxed)->capacity()) Grow(capacity);
  }

  // The first place with this hash for which `matches` holds; 0 if there is none.
  template <class Matches>
  Place Find(uint64_t hash, Matches matches) const {
    const Table& table = *table_.load(std::memory_order_acquire);
    for (size_t i = hash & table.mask;; i = (i + 1) & table.mask) {
      const uint64_t slot = table.slots[i].load(std::memory_order_acquire);
      if (slot == 0) return 0;
      if ((slot >> 32) == Tag(hash) && matches(static_cast<Place>(slot))) return static_cast<Place>(slot);
    }
  }

  // Starts to fetch what Find will look at first.
  void Prefetch(uint64_t hash) const {
    const Table& table = *table_.load(std::memory_order_acquire);
    __builtin_prefetch(&table.slots[hash & table.mask]);
  }

  // What Find would look at first, likely what it would find; 0 for none. Looks at nothing but the table.
  Place Guess(uint64_t hash) const {
    return Find(hash, [](Place) { return true; });
  }

  // For the writer. Adds an entry, without looking for an equal one.
  void Insert(uint64_t hash, Place place) {
    Reserve(++size_);
    Put(*table_.load(std::memory_order_relaxed), hash, place);
  }

  // For the writer. Makes the entry of `from` lead to `to`; they have the same key.
  void Replace(uint64_t hash, Place from, Place to) {
    Table& table = *table_.load(std::memory_order_relaxed);
    for (size_t i = hash & table.mask;; i = (i + 1) & table.mask) {
      std::atomic<uint64_t>& slot = table.slots[i];
      if (static_cast<Place>(slot.load(std::memory_order_relaxed)) != from) continue;
      slot.store(Tag(hash) << 32 | to, std::memory_order_release);
      return;
    }
  }

  // For the writer, while nobody else has begun to read: frees the tables that were outgrown.
  void DropOutgrown() { tables_.erase(tables_.begin(), tables_.end() - 1); }

  size_t bytes() const {
    size_t bytes = 0;
    for (const auto& table : tables_) bytes += table->capacity() * sizeof(uint64_t);
    return bytes;
  }

 private:
  struct Table {
    explicit Table(size_t capacity) : mask(capacity - 1), slots(capacity) {}
    size_t capacity() const { return mask + 1; }
    const size_t mask;
    FixedArray<std::atomic<uint64_t>> slots;
  };

  // The low bits of a hash choose the slot, the high ones tell keys apart.
  static uint64_t Tag(uint64_t hash) { return hash >> 32; }

  static void Put(Table& table, uint64_t hash, Place place) {
    size_t i = hash & table.mask;
    while (table.slots[i].load(std::memory_order_relaxed) != 0) i = (i + 1) & table.mask;
    table.slots[i].store(Tag(hash) << 32 | place, std::memory_order_release);
  }

  void Grow(size_t capacity) {
    auto grown = std::make_unique<Table>(capacity);
    const Table* old = table_.load(std::memory_order_relaxed);
    for (size_t i = 0; old != nullptr && i < old->capacity(); ++i) {
      const uint64_t slot = old->slots[i].load(std::memory_order_relaxed);
      if (slot != 0) Put(*grown, hash_of_(static_cast<Place>(slot)), static_cast<Place>(slot));
    }
    table_.store(grown.get(), std::memory_order_release);
    tables_.push_back(std::move(grown));
  }

  const HashOf hash_of_;
  std::atomic<Table*> table_{nullptr};
  std::vector<std::unique_ptr<Table>> tables_;
  size_t size_ = 0;
};

}  // namespace gi::projection

#endif  // GI_SERVER_PROJECTION_HASH_INDEX_H_
