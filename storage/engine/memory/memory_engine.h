// An engine in memory: the reference model of the two seams, written to be read, and what unit tests use. Nothing
// survives it.
#ifndef GI_STORAGE_ENGINE_MEMORY_MEMORY_ENGINE_H_
#define GI_STORAGE_ENGINE_MEMORY_MEMORY_ENGINE_H_

#include <memory>

#include "storage/engine/engine.h"

namespace gi::engine {

// An empty engine, its log with a new history id.
std::unique_ptr<Engine> NewMemoryEngine();

}  // namespace gi::engine

#endif  // GI_STORAGE_ENGINE_MEMORY_MEMORY_ENGINE_H_
