// The first component of keys (keyspace/key.h), by which a filter tells that a range of an index has nothing: most
// look-ups in an index are for something new. Thread-safe.
#ifndef GI_STORAGE_ENGINE_ROCKSDB_KEY_PREFIX_H_
#define GI_STORAGE_ENGINE_ROCKSDB_KEY_PREFIX_H_

#include <memory>

#include "rocksdb/slice_transform.h"
#include "storage/engine/view_store.h"

namespace gi::engine {

// A key up to and with the first 0x00 0x01, the end of a string; keys without one have no prefix. Its name stands in
// each table: the transform of a name never changes.
std::shared_ptr<const rocksdb::SliceTransform> KeyPrefix();

// Whether all keys that a range could have are of one prefix.
bool IsOfOnePrefix(const KeyRange& range);

}  // namespace gi::engine

#endif  // GI_STORAGE_ENGINE_ROCKSDB_KEY_PREFIX_H_
