// Typed tables, each declared once: a message type, how its id is read from a row, and its indexes.
// storage/registry/tables.h holds the declarations; this is the mechanism.
//
// A row's key is tag ‖ id. An index entry's key is index tag ‖ the components that the index emits ‖ id, and its value
// is the id. An index may emit any number of entries for a row (multi-valued) or none (sparse). Rows are stored in
// canonical wire form, without the output-only fields that are derived at reading.
//
// Tables are constants: thread-safe.
#ifndef GI_STORAGE_TABLE_TABLE_H_
#define GI_STORAGE_TABLE_TABLE_H_

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "google/protobuf/message.h"
#include "storage/base/error.h"
#include "storage/base/status_macros.h"
#include "storage/engine/view_store.h"
#include "storage/keyspace/key.h"
#include "storage/table/row_reader.h"

namespace gi::table {

// Collects the entries that an index has for one row.
class IndexEntries {
 public:
  IndexEntries(keyspace::Tag tag, absl::string_view id) : tag_(tag), id_(id) {}
  // One entry; `build` appends the components to the writer it is given.
  template <class Build>
  void Add(Build build) {
    keyspace::KeyWriter writer(tag_);
    build(writer);
    keys_.push_back(std::move(writer.String(id_)).bytes());
  }
  std::vector<std::string> TakeSorted();

 private:
  keyspace::Tag tag_;
  absl::string_view id_;
  std::vector<std::string> keys_;
};

// What is known of an index without its type.
struct IndexInfo {
  keyspace::Tag tag;
  absl::string_view name;
  // Raised whenever `emit` may give other entries for an old row; a registry opened with another version is rebuilt.
  int version;
  // The entries depend on text folding, so a new ICU counts as a new version too.
  bool folds_text = false;
};

template <class Message>
struct Index : IndexInfo {
  void (*emit)(const Message& row, IndexEntries& entries);
};

// A table without its type: what Apply needs. Tables are constants, never deleted through this.
class AnyTable {
 public:
  virtual keyspace::Tag tag() const = 0;
  virtual absl::string_view name() const = 0;
  virtual std::vector<IndexInfo> indexes() const = 0;
  // What the change of one row does to the view: the row itself and the index entries that come or go. The one place
  // where this is computed, for the writer and for a rebuild alike. nullopt: no row. DATA_CORRUPT if a row does not
  // parse. `parsed`: the new row as a message of the table's type, if the caller has that; nullptr: it is parsed
  // here.
  virtual absl::Status AppendRowChange(absl::string_view key, std::optional<absl::string_view> old_row,
                                       std::optional<absl::string_view> new_row,
                                       const google::protobuf::Message* parsed,
                                       std::vector<engine::ViewMutation>& mutations) const = 0;
  std::string Key(absl::string_view id) const { return keyspace::KeyWriter(tag()).String(id).bytes(); }
  // An empty row.
  virtual std::unique_ptr<google::protobuf::Message> NewRow() const = 0;

 protected:
  ~AnyTable() = default;
};

// A row as read: the message and the revision of its last change.
template <class Message>
struct Row {
  Message message;
  Revision revision;
};

// The difference of two sorted key lists, as deletions and insertions with value `id`.
void AppendIndexDifference(const std::vector<std::string>& old_keys, const std::vector<std::string>& new_keys,
                           absl::string_view id, std::vector<engine::ViewMutation>& mutations);

absl::Status RowCorrupt(absl::string_view table);
absl::StatusOr<std::string> RowId(absl::string_view key);

template <class Message>
class Table final : public AnyTable {
 public:
  constexpr Table(keyspace::Tag tag, absl::string_view name, const Index<Message>* indexes, size_t index_count)
      : tag_(tag), name_(name), indexes_(indexes), index_count_(index_count) {}

  keyspace::Tag tag() const override { return tag_; }
  absl::string_view name() const override { return name_; }
  std::vector<IndexInfo> indexes() const override { return {indexes_, indexes_ + index_count_}; }
  std::unique_ptr<google::protobuf::Message> NewRow() const override { return std::make_unique<Message>(); }

  absl::StatusOr<std::optional<Row<Message>>> Get(const RowReader& reader, absl::string_view id) const {
    ASSIGN_OR_RETURN(std::optional<engine::VersionedValue> value, reader.Get(Key(id)));
    return ParseRow(value);
  }

  // In the order of `ids`.
  absl::StatusOr<std::vector<std::optional<Row<Message>>>> MultiGet(const RowReader& reader,
                                                                    absl::Span<const std::string> ids) const {
    std::vector<std::string> keys;
    keys.reserve(ids.size());
    for (const std::string& id : ids) keys.push_back(Key(id));
    ASSIGN_OR_RETURN(const auto values, reader.MultiGet(keys));
    std::vector<std::optional<Row<Message>>> rows;
    rows.reserve(values.size());
    for (const auto& value : values) {
      ASSIGN_OR_RETURN(std::optional<Row<Message>> row, ParseRow(value));
      rows.push_back(std::move(row));
    }
    return rows;
  }

  absl::StatusOr<Message> Parse(absl::string_view bytes) const {
    Message message;
    if (!message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return RowCorrupt(name_);
    return message;
  }

  absl::Status AppendRowChange(absl::string_view key, std::optional<absl::string_view> old_row,
                               std::optional<absl::string_view> new_row, const google::protobuf::Message* parsed,
                               std::vector<engine::ViewMutation>& mutations) const override {
    ASSIGN_OR_RETURN(const std::string id, RowId(key));
    mutations.push_back(
        {engine::Space::kVersioned, std::string(key), new_row ? std::optional<std::string>(*new_row) : std::nullopt});
    if (index_count_ == 0) return absl::OkStatus();
    std::optional<Message> before, after;
    if (old_row) {
      ASSIGN_OR_RETURN(before, Parse(*old_row));
    }
    if (new_row && parsed == nullptr) {
      ASSIGN_OR_RETURN(after, Parse(*new_row));
    }
    const Message* old_message = before ? &*before : nullptr;
    const Message* new_message = after ? &*after : static_cast<const Message*>(parsed);
    for (size_t i = 0; i < index_count_; ++i) {
      AppendIndexDifference(EntriesOf(indexes_[i], old_message, id), EntriesOf(indexes_[i], new_message, id), id,
                            mutations);
    }
    return absl::OkStatus();
  }

 private:
  // nullptr: no row.
  static std::vector<std::string> EntriesOf(const Index<Message>& index, const Message* row, absl::string_view id) {
    IndexEntries entries(index.tag, id);
    if (row != nullptr) index.emit(*row, entries);
    return entries.TakeSorted();
  }

  absl::StatusOr<std::optional<Row<Message>>> ParseRow(const std::optional<engine::VersionedValue>& value) const {
    if (!value) return std::optional<Row<Message>>();
    ASSIGN_OR_RETURN(Message message, Parse(value->value));
    return std::optional<Row<Message>>(Row<Message>{std::move(message), value->revision});
  }

  keyspace::Tag tag_;
  absl::string_view name_;
  const Index<Message>* indexes_;
  size_t index_count_;
};

// One page of ids, in the order of the keys.
struct IdPage {
  std::vector<std::string> ids;
  // The key each id was found under; where a next page begins after.
  std::vector<std::string> keys;
  // There was a further key.
  bool more = false;
};

// The ids of the rows whose keys lie in `range` (of a table, or of an index), after the key `after` if that is not
// empty.
absl::StatusOr<IdPage> ScanIds(const RowReader& reader, engine::KeyRange range, absl::string_view after, size_t limit);

}  // namespace gi::table

#endif  // GI_STORAGE_TABLE_TABLE_H_
