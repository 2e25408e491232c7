// Finds the names that are like a query among hundreds of thousands, without looking at each: names and queries are cut
// into small pieces (characters; pairs of neighbouring letters of the readings; pairs of the initials), names that
// share enough of them are compared in full.
//
// Any number of threads may search while nobody changes it.
#ifndef GI_SERVER_SEARCH_NAME_INDEX_H_
#define GI_SERVER_SEARCH_NAME_INDEX_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "server/search/likeness.h"

namespace gi::search {

struct NameHit {
  uint32_t owner = 0;
  Likeness likeness;
  // Stays valid until the next change.
  const std::string* name = nullptr;
  // Its place among the owner's names: of two that are as good, the first counts.
  uint32_t place = 0;
};

class NameIndex {
 public:
  // Replaces the owner's names. Numbers of owners should be dense: they are places in an array.
  void Put(uint32_t owner, const std::vector<std::string>& names);

  // The best hit of every owner, in no order. Every name that holds the query, in its characters, its reading or its
  // initials, is found; of all others the kMostCompared that share most pieces with it are compared.
  std::vector<NameHit> Search(absl::string_view query) const;
  static constexpr size_t kMostCompared = 1000;

  // The same by comparing all names: what Search is measured against.
  std::vector<NameHit> CompareAll(absl::string_view query) const;

  size_t size() const { return entries_.size() - dead_; }

 private:
  using EntryNumber = uint32_t;
  struct Entry {
    uint32_t owner;
    uint32_t place;
    std::string name;
    NameForms forms;
  };

  struct Posting {
    uint32_t piece;
    const std::vector<EntryNumber>* entries;
  };

  std::vector<Posting> PostingsOf(const std::vector<uint32_t>& pieces) const;
  void Remove(uint32_t owner);
  void Add(uint32_t owner, uint32_t place, std::string name);
  void Compact();

  std::vector<Entry> entries_;
  // How many pieces each entry has; 0: it was removed (or has none).
  std::vector<uint16_t> pieces_of_;
  std::vector<std::vector<EntryNumber>> entries_of_owner_;
  // In the order of their numbers.
  absl::flat_hash_map<uint32_t, std::vector<EntryNumber>> entries_with_;
  size_t dead_ = 0;
};

}  // namespace gi::search

#endif  // GI_SERVER_SEARCH_NAME_INDEX_H_
