// The register that the benchmark asks about, and the questions.
#ifndef GI_TESTS_BENCHMARK_DATASET_H_
#define GI_TESTS_BENCHMARK_DATASET_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "gi/registry/v1/check.pb.h"
#include "storage/registry/registry.h"

namespace gi::benchmark {

// `grants` grants of half as many entities under a thousandth as many titles (10 to 1,000). Of every ten grants one has
// expired, one is for other goods than are asked for, and one is under a title that was revoked.
class Dataset {
 public:
  explicit Dataset(uint64_t grants);

  uint64_t grants() const { return grants_; }
  uint64_t entities() const { return (grants_ + 1) / 2; }
  uint64_t titles() const { return titles_; }

  // Every row is a mutation of its own, as an RPC would make it, without the RPC. Errors of the registry.
  absl::Status Fill(registry::Registry& registry) const;

  // The i-th of endlessly many questions: half of the answers positive, the others in equal parts: unknown entity, an
  // entity without grant, expired, out of scope, title not in force. Which grant: uniform, or by Zipf's law with
  // exponent 1.
  registry::v1::CheckAuthorizationRequest Question(uint64_t i, bool zipf) const;

 private:
  uint64_t GrantAt(uint64_t i, bool zipf) const;
  uint64_t TitleOf(uint64_t grant) const;

  uint64_t grants_, titles_;
};

}  // namespace gi::benchmark

#endif  // GI_TESTS_BENCHMARK_DATASET_H_
