#include "server/projection/projection.h"

#include <algorithm>
#include <utility>

#include "absl/hash/hash.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "storage/keyspace/key.h"
#include "storage/registry/tables.h"
#include "storage/table/table.h"

namespace gi::projection {

using registry::v1::Authorization;
using registry::v1::Entity;
using registry::v1::Indication;

// The first record of a row is its place; `newest` of that one leads to the last record.
// `facts` is empty if there is no row any more.
struct Projection::TitleRecord {
  uint32_t born = 0;
  Place older = 0;
  std::atomic<Place> newest{0};
  Place id = 0;
  std::unique_ptr<const Indication> row;
  std::unique_ptr<const domain::TitleTimeline> timeline;
  std::unique_ptr<const domain::TitleFacts> facts;
};

struct Projection::EntityRecord {
  uint32_t born = 0;
  Place older = 0;
  std::atomic<Place> newest{0};
  Place id = 0;
  Place uscc = 0;
  // The row's first record.
  Place first = 0;
  Day dissolved_from = kLastDay;
  bool held = true;
};

struct Projection::GrantRecord {
  uint32_t born = 0;
  Place older = 0;
  // Of the same pair, with a greater id.
  std::atomic<Place> next{0};
  Place title = 0;
  Place entity = 0;
  Place id = 0;
  // 0: there is no such grant any more.
  Place timeline = 0;
  Place scope = 0;
};

struct Projection::CountyRecord {
  uint32_t born = 0;
  // The version it is gone with.
  std::atomic<uint32_t> gone{~uint32_t{0}};
  uint32_t code = 0;
};

struct Projection::Timeline {
  const domain::GrantSegment* begin = nullptr;
  uint32_t size = 0;
};

namespace {

constexpr size_t kCountyDigits = 6;

uint32_t CodeNumber(absl::string_view code) {
  uint32_t number = 0;
  for (const char c : code) number = number * 10 + static_cast<uint32_t>(c - '0');
  return number;
}

uint64_t Mix(uint64_t value) {
  value ^= value >> 32;
  value *= 0x9e3779b97f4a7c15;
  value ^= value >> 29;
  value *= 0xbf58476d1ce4e5b9;
  return value ^ (value >> 32);
}

// A title without what checks do not read.
std::unique_ptr<Indication> Slim(Indication title) {
  title.clear_names();
  title.clear_area_text();
  title.clear_specification();
  title.clear_geometry();
  title.clear_source();
  title.clear_numbers();
  title.clear_events();
  return std::make_unique<Indication>(std::move(title));
}

}  // namespace

Projection::Projection(size_t max_bytes)
    : max_bytes_(max_bytes),
      titles_by_id_([this](Place place) { return TextHash(strings_[titles_[place].id]); }),
      entities_by_id_([this](Place place) { return TextHash(strings_[entities_[place].id]); }),
      // An entry leads to the record with the code; the row may have another one by now.
      entities_by_uscc_([this](Place place) { return TextHash(strings_[entities_[place].uscc]); }),
      grants_by_pair_([this](Place place) { return PairHash(grants_[place].title, grants_[place].entity); }),
      counties_by_code_([this](Place place) { return Mix(counties_[place].code); }) {}

Projection::~Projection() = default;

uint64_t Projection::TextHash(absl::string_view text) { return absl::Hash<absl::string_view>()(text); }

uint64_t Projection::PairHash(Place title, Place entity) { return Mix(uint64_t{title} << 32 | entity); }

template <class Records>
Place Projection::Visible(const Records& records, Place newest, uint32_t version) {
  Place place = newest;
  while (place != 0 && records[place].born > version) place = records[place].older;
  return place;
}

std::optional<Projection::Version> Projection::Newest() const {
  while (true) {
    const uint32_t number = published_.load(std::memory_order_acquire);
    if (number == 0) return std::nullopt;
    const VersionSlot& slot = slots_[number % kVersionSlots];
    Version version{number, Revision{slot.revision.load(std::memory_order_relaxed)}, std::nullopt};
    const int64_t time = slot.commit_time_us.load(std::memory_order_relaxed);
    if (time >= 0) version.commit_time_us = time;
    std::atomic_thread_fence(std::memory_order_acquire);
    if (published_.load(std::memory_order_relaxed) - number < kVersionSlots / 2) return version;
  }
}

void Projection::Publish(Revision revision, std::optional<int64_t> commit_time_us) {
  const uint32_t number = published_.load(std::memory_order_relaxed) + 1;
  VersionSlot& slot = slots_[number % kVersionSlots];
  slot.revision.store(revision.value, std::memory_order_relaxed);
  slot.commit_time_us.store(commit_time_us.value_or(-1), std::memory_order_relaxed);
  published_.store(number, std::memory_order_release);
}

Place Projection::TitlePlace(absl::string_view id) const {
  return titles_by_id_.Find(TextHash(id), [&](Place place) { return strings_[titles_[place].id] == id; });
}

Place Projection::EntityPlace(absl::string_view id) const {
  return entities_by_id_.Find(TextHash(id), [&](Place place) { return strings_[entities_[place].id] == id; });
}

Place Projection::FindTitle(absl::string_view id, const Version& version) const {
  const Place place = TitlePlace(id);
  return place != 0 && titles_[place].born <= version.number ? place : 0;
}

Place Projection::FindEntity(absl::string_view id, const Version& version) const {
  const Place place = EntityPlace(id);
  return place != 0 && entities_[place].born <= version.number ? place : 0;
}

Place Projection::FindEntityByUscc(absl::string_view uscc, const Version& version) const {
  Place found = 0;
  entities_by_uscc_.Find(TextHash(uscc), [&](Place place) {
    if (strings_[entities_[place].uscc] != uscc) return false;
    // The entry may be of a code that the row had or will have: what the version says of the row counts.
    const Place row = entities_[place].first;
    const Place seen = Visible(entities_, entities_[row].newest.load(std::memory_order_acquire), version.number);
    if (seen == 0 || strings_[entities_[seen].uscc] != uscc) return false;
    found = row;
    return true;
  });
  return found;
}

Projection::Ahead Projection::LookAhead(absl::string_view title_id, absl::string_view subject, bool by_uscc) const {
  Ahead ahead{TextHash(subject), by_uscc, TitlePlace(title_id), 0, 0};
  (by_uscc ? entities_by_uscc_ : entities_by_id_).Prefetch(ahead.entity_hash);
  return ahead;
}

void Projection::LookAhead(int step, Ahead& ahead) const {
  switch (step) {
    case 1:
      ahead.entity = (ahead.by_uscc ? entities_by_uscc_ : entities_by_id_).Guess(ahead.entity_hash);
      if (ahead.entity != 0) __builtin_prefetch(&entities_[ahead.entity]);
      return;
    case 2:
      if (ahead.entity == 0) return;
      strings_.Prefetch(ahead.by_uscc ? entities_[ahead.entity].uscc : entities_[ahead.entity].id);
      ahead.entity = entities_[ahead.entity].first;
      grants_by_pair_.Prefetch(PairHash(ahead.title, ahead.entity));
      return;
    case 3:
      if (ahead.entity != 0) ahead.grant = grants_by_pair_.Guess(PairHash(ahead.title, ahead.entity));
      if (ahead.grant != 0) __builtin_prefetch(&grants_[ahead.grant]);
      return;
    case 4:
      if (ahead.grant != 0) strings_.Prefetch(grants_[ahead.grant].id);
      return;
    default:
      return;
  }
}

const domain::TitleFacts* Projection::TitleAt(Place title, const Version& version) const {
  const Place seen = Visible(titles_, titles_[title].newest.load(std::memory_order_acquire), version.number);
  return titles_[seen].facts.get();
}

bool Projection::EntityAt(Place entity, const Version& version, domain::EntityFacts& facts) const {
  const Place seen = Visible(entities_, entities_[entity].newest.load(std::memory_order_acquire), version.number);
  const EntityRecord& record = entities_[seen];
  facts.dissolved_from = record.dissolved_from;
  return record.held;
}

absl::string_view Projection::IdOfEntity(Place entity) const { return strings_[entities_[entity].id]; }

bool Projection::GrantsOf(Place title, Place entity, const Version& version, GrantList& grants) const {
  Place next = grants_by_pair_.Find(PairHash(title, entity), [&](Place place) {
    return grants_[place].title == title && grants_[place].entity == entity;
  });
  for (; next != 0; next = grants_[next].next.load(std::memory_order_acquire)) {
    const Place seen = Visible(grants_, next, version.number);
    if (seen == 0 || grants_[seen].timeline == 0) continue;
    if (grants.size() == kMaxGrants) return false;
    const GrantRecord& record = grants_[seen];
    const Timeline& timeline = timelines_[record.timeline];
    grants.push_back({strings_[record.id], absl::MakeConstSpan(timeline.begin, timeline.size),
                      record.scope == 0 ? nullptr : &scopes_[record.scope]});
  }
  return true;
}

bool Projection::KnowsCounty(absl::string_view code, const Version& version) const {
  if (code.size() != kCountyDigits || !std::all_of(code.begin(), code.end(), absl::ascii_isdigit)) return false;
  const uint32_t number = CodeNumber(code);
  return counties_by_code_.Find(Mix(number), [&](Place place) {
    const CountyRecord& county = counties_[place];
    return county.code == number && county.born <= version.number &&
           county.gone.load(std::memory_order_acquire) > version.number;
  }) != 0;
}

void Projection::OnCommitted(absl::Span<const engine::ViewCommit> commits, Revision head, int64_t commit_time_us) {
  for (const engine::ViewCommit& commit : commits) {
    for (const engine::ViewMutation& mutation : commit.mutations) {
      if (mutation.space != engine::Space::kVersioned) continue;
      if (mutation.value) {
        Put(mutation.key, *mutation.value);
      } else {
        Remove(mutation.key);
      }
    }
  }
  CheckRoom();
  // What has no room is read from the rows, like everything from then on.
  if (incomplete_) {
    published_.store(0, std::memory_order_release);
  } else {
    Publish(head, commit_time_us);
  }
}

void Projection::Put(absl::string_view key, absl::string_view row) {
  const keyspace::Tag tag = keyspace::TagOf(key);
  if (keyspace::IsIndex(tag) || incomplete_) return;
  switch (tag) {
    case keyspace::kDivisions:
      return ParseAndPut(key, row, &Projection::PutCounty);
    case keyspace::kEntities:
      return ParseAndPut(key, row, &Projection::PutEntity);
    case keyspace::kIndications:
      return ParseAndPut(key, row, &Projection::PutTitle);
    case keyspace::kAuthorizations:
      return ParseAndPut(key, row, &Projection::PutGrant);
    default:
      return;
  }
}

template <class Message>
void Projection::ParseAndPut(absl::string_view key, absl::string_view row,
                             void (Projection::*put)(absl::string_view id, const Message& row)) {
  const absl::StatusOr<std::string> id = table::RowId(key);
  Message message;
  if (!id.ok() || !message.ParseFromArray(row.data(), static_cast<int>(row.size()))) {
    incomplete_ = true;
    return;
  }
  (this->*put)(*id, message);
}

void Projection::CheckRoom() {
  if (memory_use().bytes > max_bytes_) incomplete_ = true;
}

Place Projection::LivingCounty(uint32_t code) const {
  return counties_by_code_.Find(Mix(code), [&](Place place) {
    const CountyRecord& county = counties_[place];
    return county.code == code && county.gone.load(std::memory_order_relaxed) == ~uint32_t{0};
  });
}

void Projection::PutCounty(absl::string_view code, const registry::v1::Division&) {
  if (code.size() != kCountyDigits) return;
  const uint32_t number = CodeNumber(code);
  if (LivingCounty(number) != 0) return;
  const Place place = counties_.Append();
  if (place == 0) {
    incomplete_ = true;
    return;
  }
  counties_[place].born = published_.load(std::memory_order_relaxed) + 1;
  counties_[place].code = number;
  counties_by_code_.Insert(Mix(number), place);
}

void Projection::PutTitle(absl::string_view id, const Indication& title) {
  const Place first = TitlePlace(id);
  const Place place = titles_.Append();
  const Place name = first != 0 ? titles_[first].id : strings_.Append(id);
  if (place == 0 || name == 0) {
    incomplete_ = true;
    return;
  }
  TitleRecord& record = titles_[place];
  record.born = published_.load(std::memory_order_relaxed) + 1;
  record.id = name;
  record.timeline = std::make_unique<domain::TitleTimeline>(title);
  const Day stale_from = domain::StaleFrom(title);
  record.row = Slim(title);
  record.facts = std::make_unique<domain::TitleFacts>(*record.row, *record.timeline, stale_from);
  title_bytes_ += record.row->SpaceUsedLong() + sizeof(domain::TitleTimeline) + sizeof(domain::TitleFacts);
  if (first == 0) {
    record.newest.store(place, std::memory_order_relaxed);
    titles_by_id_.Insert(TextHash(id), place);
  } else {
    record.older = titles_[first].newest.load(std::memory_order_relaxed);
    titles_[first].newest.store(place, std::memory_order_release);
  }
}

void Projection::PutEntity(absl::string_view id, const Entity& entity) {
  const domain::EntityFacts facts = domain::FactsOf(entity);
  const Place first = EntityPlace(id);
  const Place older = first == 0 ? 0 : entities_[first].newest.load(std::memory_order_relaxed);
  const bool same_code = older != 0 && strings_[entities_[older].uscc] == entity.uscc();
  const Place place = entities_.Append();
  const Place name = first != 0 ? entities_[first].id : strings_.Append(id);
  const Place uscc = same_code ? entities_[older].uscc : strings_.Append(entity.uscc());
  if (place == 0 || name == 0 || uscc == 0) {
    incomplete_ = true;
    return;
  }
  EntityRecord& record = entities_[place];
  record.born = published_.load(std::memory_order_relaxed) + 1;
  record.older = older;
  record.id = name;
  record.uscc = uscc;
  record.first = first != 0 ? first : place;
  record.dissolved_from = facts.dissolved_from;
  record.held = facts.successors.empty();
  if (first == 0) {
    record.newest.store(place, std::memory_order_relaxed);
    entities_by_id_.Insert(TextHash(id), place);
  } else {
    entities_[first].newest.store(place, std::memory_order_release);
  }
  if (!same_code) entities_by_uscc_.Insert(TextHash(entity.uscc()), place);
}

void Projection::Remove(absl::string_view key) {
  const keyspace::Tag tag = keyspace::TagOf(key);
  if (incomplete_) return;
  // A grant's title and entity stand in its entry of this index, which goes when the row goes and never else.
  if (tag == keyspace::kAuthorizationsByIndication) return RemoveGrant(key);
  if (tag != keyspace::kDivisions && tag != keyspace::kEntities && tag != keyspace::kIndications) return;
  const absl::StatusOr<std::string> id = table::RowId(key);
  if (!id.ok()) {
    incomplete_ = true;
  } else if (tag == keyspace::kIndications) {
    RemoveTitle(*id);
  } else if (tag == keyspace::kEntities) {
    RemoveEntity(*id);
  } else {
    RemoveCounty(*id);
  }
}

// Without facts, so that whoever asks for it looks for the row.
void Projection::RemoveTitle(absl::string_view id) {
  const Place first = TitlePlace(id);
  const Place place = titles_.Append();
  if (first == 0 || place == 0) {
    incomplete_ = true;
    return;
  }
  TitleRecord& record = titles_[place];
  record.born = published_.load(std::memory_order_relaxed) + 1;
  record.id = titles_[first].id;
  record.older = titles_[first].newest.load(std::memory_order_relaxed);
  titles_[first].newest.store(place, std::memory_order_release);
}

// With no code and not held, so that it is not found by code, and looked for by id.
void Projection::RemoveEntity(absl::string_view id) {
  const Place first = EntityPlace(id);
  const Place place = entities_.Append();
  const Place no_code = strings_.Append("");
  if (first == 0 || place == 0 || no_code == 0) {
    incomplete_ = true;
    return;
  }
  EntityRecord& record = entities_[place];
  record.born = published_.load(std::memory_order_relaxed) + 1;
  record.older = entities_[first].newest.load(std::memory_order_relaxed);
  record.id = entities_[first].id;
  record.uscc = no_code;
  record.first = first;
  record.held = false;
  entities_[first].newest.store(place, std::memory_order_release);
}

void Projection::RemoveCounty(absl::string_view code) {
  if (code.size() != kCountyDigits) return;
  const Place place = LivingCounty(CodeNumber(code));
  if (place == 0) return;
  counties_[place].gone.store(published_.load(std::memory_order_relaxed) + 1, std::memory_order_release);
}

void Projection::RemoveGrant(absl::string_view index_key) {
  grants_deleted_.store(true, std::memory_order_release);
  keyspace::KeyReader reader(index_key);
  const absl::StatusOr<keyspace::Tag> tag = reader.ReadTag();
  const absl::StatusOr<std::string> title_id = reader.String(), entity_id = reader.String(), id = reader.String();
  if (!tag.ok() || !title_id.ok() || !entity_id.ok() || !id.ok()) {
    incomplete_ = true;
    return;
  }
  PutGrantRecord(*id, TitlePlace(*title_id), EntityPlace(*entity_id), /*timeline=*/0, /*scope=*/0);
}

Place Projection::InternTimeline(const domain::GrantSegments& segments) {
  std::string key;
  for (const domain::GrantSegment& segment : segments) {
    const domain::GrantStanding& s = segment.standing;
    absl::StrAppend(&key, segment.from.value, " ", s.state, " ", s.ground, " ", static_cast<int>(s.term), " ",
                    static_cast<int>(s.recorded), ";");
  }
  Place& known = known_timelines_[key];
  if (known != 0) return known;
  // In one chunk, so that they can be read as a span.
  const uint32_t count = static_cast<uint32_t>(segments.size());
  constexpr uint32_t kChunk = StableArray<domain::GrantSegment>::kChunkSize;
  while ((segments_.size() + 1) % kChunk + count > kChunk) {
    if (segments_.Append() == 0) return 0;
  }
  const domain::GrantSegment* begin = nullptr;
  for (const domain::GrantSegment& segment : segments) {
    const Place at = segments_.Append();
    if (at == 0) return 0;
    segments_[at] = segment;
    if (begin == nullptr) begin = &segments_[at];
  }
  const Place place = timelines_.Append();
  if (place == 0) return 0;
  timelines_[place] = {begin, count};
  return known = place;
}

Place Projection::InternScope(const Authorization& grant) {
  Place& known = known_scopes_[grant.scope().SerializeAsString()];
  if (known != 0) return known;
  const Place place = scopes_.Append();
  if (place == 0) return 0;
  scopes_[place] = grant.scope();
  return known = place;
}

void Projection::PutGrant(absl::string_view id, const Authorization& grant) {
  const Place title = TitlePlace(absl::StripPrefix(grant.indication(), "indications/"));
  const Place entity = EntityPlace(absl::StripPrefix(grant.entity(), "entities/"));
  const Place timeline = InternTimeline(domain::GrantTimeline(grant));
  const Place scope = grant.has_scope() ? InternScope(grant) : 0;
  if (timeline == 0 || (grant.has_scope() && scope == 0)) {
    incomplete_ = true;
    return;
  }
  PutGrantRecord(id, title, entity, timeline, scope);
}

void Projection::PutGrantRecord(absl::string_view id, Place title, Place entity, Place timeline, Place scope) {
  const uint64_t hash = PairHash(title, entity);
  const Place head =
      grants_by_pair_.Find(hash, [&](Place p) { return grants_[p].title == title && grants_[p].entity == entity; });
  // Where the grant is or belongs in the list of its pair.
  Place before = 0;
  Place at = head;
  while (at != 0 && strings_[grants_[at].id] < id) {
    before = at;
    at = grants_[at].next.load(std::memory_order_relaxed);
  }
  const bool replaces = at != 0 && strings_[grants_[at].id] == id;
  const Place place = grants_.Append();
  const Place name = replaces ? grants_[at].id : strings_.Append(id);
  if (place == 0 || title == 0 || entity == 0 || name == 0) {
    incomplete_ = true;
    return;
  }
  GrantRecord& record = grants_[place];
  record.born = published_.load(std::memory_order_relaxed) + 1;
  record.older = replaces ? at : 0;
  record.next.store(replaces ? grants_[at].next.load(std::memory_order_relaxed) : at, std::memory_order_relaxed);
  record.title = title;
  record.entity = entity;
  record.id = name;
  record.timeline = timeline;
  record.scope = scope;
  if (before != 0) {
    grants_[before].next.store(place, std::memory_order_release);
  } else if (head != 0) {
    grants_by_pair_.Replace(hash, head, place);
  } else {
    grants_by_pair_.Insert(hash, place);
  }
}

MemoryUse Projection::memory_use() const {
  MemoryUse use;
  use.bytes = strings_.bytes() + titles_.bytes() + title_bytes_ + entities_.bytes() + grants_.bytes() +
              segments_.bytes() + timelines_.bytes() + scopes_.bytes() + titles_by_id_.bytes() +
              entities_by_id_.bytes() + entities_by_uscc_.bytes() + grants_by_pair_.bytes();
  use.grants = grants_.size();
  use.entities = entities_.size();
  use.titles = titles_.size();
  return use;
}

}  // namespace gi::projection
