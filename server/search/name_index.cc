#include "server/search/name_index.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace gi::search {
namespace {

// What a name is cut into. A query without errors that is part of a name has all its inner pieces of one field in
// common with it; those at a border (marked by kEdge) only if it begins or ends there.
enum class Field : uint32_t { kCharacters, kLetters, kInitials };
constexpr size_t kFields = 3;
constexpr uint32_t kFieldShift = 28;
constexpr char kEdge = '^';

struct Pieces {
  std::vector<uint32_t> all;
  std::array<size_t, kFields> inner{};
};

void AddPiece(Field field, uint32_t piece, bool inner, Pieces& pieces) {
  const uint32_t key = static_cast<uint32_t>(field) << kFieldShift | piece;
  if (std::find(pieces.all.begin(), pieces.all.end(), key) != pieces.all.end()) return;
  pieces.all.push_back(key);
  if (inner) ++pieces.inner[static_cast<size_t>(field)];
}

void AddPairs(Field field, std::string_view letters, Pieces& pieces) {
  char before = kEdge;
  for (const char c : letters) {
    AddPiece(field, static_cast<uint32_t>(before) << 8 | static_cast<uint32_t>(c), before != kEdge, pieces);
    before = c;
  }
  if (!letters.empty()) {
    AddPiece(field, static_cast<uint32_t>(before) << 8 | static_cast<uint32_t>(kEdge), false, pieces);
  }
}

// Of all readings: for a name, which may be asked for by any of them.
Pieces PiecesOfName(const NameForms& forms) {
  Pieces pieces;
  for (const char32_t c : forms.folded) {
    if (c >= 0x80) AddPiece(Field::kCharacters, c, true, pieces);
  }
  for (const Reading& reading : forms.readings) {
    AddPairs(Field::kLetters, reading.letters, pieces);
    AddPairs(Field::kInitials, reading.initials, pieces);
  }
  return pieces;
}

// Of the usual reading.
Pieces PiecesOfQuery(const NameForms& forms) {
  Pieces pieces;
  for (const char32_t c : forms.folded) {
    if (c >= 0x80) AddPiece(Field::kCharacters, c, true, pieces);
  }
  if (forms.readings.empty()) return pieces;
  AddPairs(Field::kLetters, forms.readings.front().letters, pieces);
  if (forms.ascii) AddPairs(Field::kInitials, forms.readings.front().letters, pieces);
  return pieces;
}

struct Tally {
  std::array<uint8_t, kFields> shared{};
  uint8_t all = 0;
};

Field FieldOf(uint32_t piece) { return static_cast<Field>(piece >> kFieldShift); }

bool IsInner(uint32_t piece) {
  return FieldOf(piece) == Field::kCharacters || ((piece & 0xff) != kEdge && (piece >> 8 & 0xff) != kEdge);
}

void Keep(NameHit hit, absl::flat_hash_map<uint32_t, NameHit>& best) {
  NameHit& known = best[hit.owner];
  if (known.name != nullptr && (known.likeness.score > hit.likeness.score ||
                                (known.likeness.score == hit.likeness.score && known.place <= hit.place))) {
    return;
  }
  known = hit;
}

std::vector<NameHit> Values(const absl::flat_hash_map<uint32_t, NameHit>& best) {
  std::vector<NameHit> hits;
  hits.reserve(best.size());
  for (const auto& [owner, hit] : best) hits.push_back(hit);
  return hits;
}

}  // namespace

void NameIndex::Put(uint32_t owner, const std::vector<std::string>& names) {
  Remove(owner);
  for (size_t place = 0; place < names.size(); ++place) Add(owner, static_cast<uint32_t>(place), names[place]);
  if (dead_ > 1000 && dead_ > entries_.size() / 2) Compact();
}

void NameIndex::Remove(uint32_t owner) {
  if (owner >= entries_of_owner_.size()) entries_of_owner_.resize(owner + 1);
  for (const EntryNumber number : entries_of_owner_[owner]) {
    pieces_of_[number] = 0;
    ++dead_;
  }
  entries_of_owner_[owner].clear();
}

void NameIndex::Add(uint32_t owner, uint32_t place, std::string name) {
  const EntryNumber number = static_cast<EntryNumber>(entries_.size());
  NameForms forms = FormsOf(name);
  const Pieces pieces = PiecesOfName(forms);
  for (const uint32_t piece : pieces.all) entries_with_[piece].push_back(number);
  entries_of_owner_[owner].push_back(number);
  entries_.push_back({owner, place, std::move(name), std::move(forms)});
  pieces_of_.push_back(static_cast<uint16_t>(pieces.all.size()));
}

void NameIndex::Compact() {
  const std::vector<uint16_t> alive = std::exchange(pieces_of_, {});
  std::vector<Entry> old = std::exchange(entries_, {});
  entries_with_.clear();
  for (std::vector<EntryNumber>& numbers : entries_of_owner_) numbers.clear();
  dead_ = 0;
  for (size_t i = 0; i < old.size(); ++i) {
    if (alive[i] != 0) Add(old[i].owner, old[i].place, std::move(old[i].name));
  }
}

std::vector<NameIndex::Posting> NameIndex::PostingsOf(const std::vector<uint32_t>& pieces) const {
  std::vector<Posting> postings;
  for (const uint32_t piece : pieces) {
    const auto found = entries_with_.find(piece);
    if (found != entries_with_.end()) postings.push_back({piece, &found->second});
  }
  std::sort(postings.begin(), postings.end(),
            [](const Posting& a, const Posting& b) { return a.entries->size() < b.entries->size(); });
  return postings;
}

std::vector<NameHit> NameIndex::Search(absl::string_view query) const {
  const NameForms forms = FormsOf(query);
  const Pieces pieces = PiecesOfQuery(forms);
  thread_local std::vector<Tally> tallies;
  thread_local std::vector<EntryNumber> touched;
  tallies.resize(std::max(tallies.size(), entries_.size()));
  touched.clear();
  // The rarest first. What most names have brings no new names in, it only counts for those that are: "ng" alone makes
  // no name alike. But one inner piece of each field must bring in, for all that hold the query to be found.
  size_t brought_in = 0;
  std::array<bool, kFields> inner_seen{};
  for (const Posting& posting : PostingsOf(pieces.all)) {
    const size_t field = static_cast<size_t>(FieldOf(posting.piece));
    const bool inner = IsInner(posting.piece);
    const bool brings_in = brought_in < std::max(kMostCompared, entries_.size() / 3) || (inner && !inner_seen[field]);
    inner_seen[field] = inner_seen[field] || inner;
    if (brings_in) brought_in += posting.entries->size();
    for (const EntryNumber number : *posting.entries) {
      Tally& tally = tallies[number];
      if (tally.all == 0) {
        if (!brings_in) continue;
        touched.push_back(number);
      }
      ++tally.all;
      tally.shared[field] = static_cast<uint8_t>(tally.shared[field] + (inner ? 1 : 0));
    }
  }
  absl::flat_hash_map<uint32_t, NameHit> best;
  const auto compare = [&](EntryNumber number) {
    const Entry& entry = entries_[number];
    const Likeness likeness = LikenessOf(forms, entry.forms);
    if (likeness.score > 0) Keep({entry.owner, likeness, &entry.name, entry.place}, best);
  };
  // Nothing but borders: one letter.
  const bool short_query = pieces.inner == decltype(pieces.inner){};
  // Pieces in common, of those that either has.
  std::vector<std::pair<float, EntryNumber>> nearest;
  for (const EntryNumber number : touched) {
    const Tally tally = std::exchange(tallies[number], {});
    if (pieces_of_[number] == 0) continue;
    bool holds_query = short_query;
    for (size_t field = 0; field < kFields; ++field) {
      holds_query = holds_query || (pieces.inner[field] > 0 && tally.shared[field] >= pieces.inner[field]);
    }
    if (holds_query) {
      compare(number);
    } else {
      nearest.emplace_back(-2.0F * tally.all / static_cast<float>(pieces.all.size() + pieces_of_[number]), number);
    }
  }
  if (nearest.size() > kMostCompared) {
    std::nth_element(nearest.begin(), nearest.begin() + kMostCompared, nearest.end());
    nearest.resize(kMostCompared);
  }
  for (const auto& [distance, number] : nearest) compare(number);
  return Values(best);
}

std::vector<NameHit> NameIndex::CompareAll(absl::string_view query) const {
  const NameForms forms = FormsOf(query);
  absl::flat_hash_map<uint32_t, NameHit> best;
  for (const Entry& entry : entries_) {
    if (pieces_of_[static_cast<size_t>(&entry - entries_.data())] == 0) continue;
    const Likeness likeness = LikenessOf(forms, entry.forms);
    if (likeness.score > 0) Keep({entry.owner, likeness, &entry.name, entry.place}, best);
  }
  return Values(best);
}

}  // namespace gi::search
