#include "client/metadata.h"

#include <memory>

#include "client/method.h"
#include "client/mock_connection.h"
#include "gi/registry/v1/entity.pb.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace gi::client {
namespace {

namespace v1 = registry::v1;
using testing::AllOf;
using testing::Field;
using testing::Return;

TEST(MethodTest, KindFollowsFromTheName) {
  EXPECT_EQ(KindOf("gi.registry.v1.CheckService/CheckAuthorization"), MethodKind::kCheck);
  EXPECT_EQ(KindOf("gi.registry.v1.EntityService/GetEntity"), MethodKind::kRead);
  EXPECT_EQ(KindOf("gi.registry.v1.EntityService/ListEntities"), MethodKind::kRead);
  EXPECT_EQ(KindOf("gi.registry.v1.DivisionService/ResolveDivision"), MethodKind::kRead);
  EXPECT_EQ(KindOf("gi.registry.v1.EntityService/CreateEntity"), MethodKind::kWrite);
  EXPECT_EQ(KindOf("gi.registry.v1.AuthorizationService/GrantAuthorization"), MethodKind::kWrite);
  EXPECT_EQ(KindOf("gi.registry.v1.EntityService/"), MethodKind::kWrite);
}

TEST(MethodTest, DefaultTimeouts) {
  const Timeouts timeouts;
  EXPECT_EQ(timeouts.Of("s/CheckAuthorization"), absl::Milliseconds(500));
  EXPECT_EQ(timeouts.Of("s/GetEntity"), absl::Seconds(2));
  EXPECT_EQ(timeouts.Of("s/QueryIndicators"), absl::Seconds(20));
  EXPECT_EQ(timeouts.Of("s/CreateEntity"), absl::Seconds(5));
}

class MetadataTest : public testing::Test {
 protected:
  void Call(const CallOptions& defaults, const CallOptions& options) {
    v1::GetEntityResponse response;
    EXPECT_TRUE(MakeMetadataConnection(mock_, defaults)
                    ->Call("gi.registry.v1.EntityService/GetEntity", v1::GetEntityRequest(), &response, options)
                    .ok());
  }
  std::shared_ptr<MockConnection> mock_ = std::make_shared<MockConnection>();
};

TEST_F(MetadataTest, FillsInWhatTheCallLeavesEmpty) {
  EXPECT_CALL(*mock_, Call(absl::string_view("gi.registry.v1.EntityService/GetEntity"), testing::_, testing::_,
                           AllOf(Field(&CallOptions::user, "u1"), Field(&CallOptions::case_id, "c2"),
                                 Field(&CallOptions::on_behalf_of, "b1"), Field(&CallOptions::language, "en"),
                                 Field(&CallOptions::timeout, absl::Seconds(2)))))
      .WillOnce(Return(absl::OkStatus()));
  Call({.user = "u1", .case_id = "c1", .on_behalf_of = "b1", .language = "en"}, {.case_id = "c2"});
}

TEST_F(MetadataTest, EveryValueHasADefault) {
  EXPECT_CALL(*mock_, Call(testing::_, testing::_, testing::_,
                           AllOf(Field(&CallOptions::user, "u1"), Field(&CallOptions::case_id, "c1"),
                                 Field(&CallOptions::on_behalf_of, "b1"), Field(&CallOptions::language, "en"))))
      .WillOnce(Return(absl::OkStatus()));
  Call({.user = "u1", .case_id = "c1", .on_behalf_of = "b1", .language = "en"}, {});
}

TEST_F(MetadataTest, TimeoutOfTheCallGoesOverThatOfTheDefaults) {
  EXPECT_CALL(*mock_, Call(testing::_, testing::_, testing::_, Field(&CallOptions::timeout, absl::Seconds(7))))
      .WillOnce(Return(absl::OkStatus()));
  Call({.timeout = absl::Seconds(9)}, {.timeout = absl::Seconds(7)});
  EXPECT_CALL(*mock_, Call(testing::_, testing::_, testing::_, Field(&CallOptions::timeout, absl::Seconds(9))))
      .WillOnce(Return(absl::OkStatus()));
  Call({.timeout = absl::Seconds(9)}, {});
}

}  // namespace
}  // namespace gi::client
