// What the fuzz targets share. Each target is one LLVMFuzzerTestOneInput: any bytes go in; a crash, a sanitizer report
// or a broken promise (FUZZ_CHECK) is a finding. Built with clang's libFuzzer it looks for such inputs; otherwise
// replay_main.cc runs it over the corpus.
#ifndef GI_TESTS_FUZZ_FUZZ_H_
#define GI_TESTS_FUZZ_FUZZ_H_

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include "absl/strings/string_view.h"
#include "google/protobuf/stubs/logging.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

// Ends the program, which both libFuzzer and the replay report with the input.
#define FUZZ_CHECK(condition)                                                              \
  do {                                                                                     \
    if (!(condition)) {                                                                    \
      std::fprintf(stderr, "%s:%d: broken promise: %s\n", __FILE__, __LINE__, #condition); \
      std::abort();                                                                        \
    }                                                                                      \
  } while (false)

namespace gi::fuzz {

// Protobuf reports every text that is not UTF-8 on stderr: a great many here, and not what is looked for.
inline void SilenceProtobuf() {
  static google::protobuf::LogHandler* const silenced = google::protobuf::SetLogHandler(nullptr);
  (void)silenced;
}

// Takes pieces from the front of an input; what is not there is empty or 0. The bytes must outlive it.
class Input {
 public:
  Input(const uint8_t* data, size_t size) : rest_(reinterpret_cast<const char*>(data), size) {}

  uint8_t Byte() {
    const absl::string_view byte = Bytes(1);
    return byte.empty() ? uint8_t{0} : static_cast<uint8_t>(byte[0]);
  }
  uint64_t Number() {
    uint64_t value = 0;
    for (const char byte : Bytes(8)) value = value << 8 | static_cast<uint8_t>(byte);
    return value;
  }
  // As long as its first byte says.
  absl::string_view Piece() { return Bytes(Byte()); }
  absl::string_view Rest() { return Bytes(rest_.size()); }
  bool empty() const { return rest_.empty(); }

 private:
  absl::string_view Bytes(size_t size) {
    const absl::string_view taken = rest_.substr(0, size);
    rest_.remove_prefix(taken.size());
    return taken;
  }

  absl::string_view rest_;
};

}  // namespace gi::fuzz

#endif  // GI_TESTS_FUZZ_FUZZ_H_
