// The right to answer a call or a message once. Used by the calls only.
#ifndef GI_SERVER_RPC_ONE_ANSWER_H_
#define GI_SERVER_RPC_ONE_ANSWER_H_

#include <optional>
#include <utility>

#include "absl/status/statusor.h"
#include "google/protobuf/message.h"
#include "spdlog/spdlog.h"
#include "storage/base/error.h"

namespace gi::rpc {

// Moves with the handler's callback; whoever destroys it unused has answered INTERNAL, a second answer is dropped.
// `Give` takes the answer.
template <class Give>
class OneAnswer {
 public:
  explicit OneAnswer(Give give) : give_(std::move(give)) {}
  OneAnswer(OneAnswer&& other) noexcept : give_(std::exchange(other.give_, std::nullopt)) {}
  OneAnswer& operator=(OneAnswer&&) = delete;
  ~OneAnswer() {
    if (give_) {
      (*this)(MakeError(registry::v1::ERROR_REASON_INTERNAL,
                        {{"detail", "no answer was given"}, {"detail_zh", "未给出应答"}}));
    }
  }

  void operator()(const absl::StatusOr<const google::protobuf::Message*>& answer) {
    std::optional<Give> give = std::exchange(give_, std::nullopt);
    if (!give) {
      spdlog::error("a call was answered twice; the second answer is dropped");
      return;
    }
    (*give)(answer);
  }

 private:
  std::optional<Give> give_;
};

}  // namespace gi::rpc

#endif  // GI_SERVER_RPC_ONE_ANSWER_H_
