#include "client/client.h"

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "client/method.h"
#include "client/mock_connection.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "storage/base/error.h"
#include "storage/base/uuid.h"

namespace gi::client {
namespace {

using testing::_;
using testing::ElementsAre;
using testing::NiceMock;
using testing::Return;

class ClientTest : public testing::Test {
 protected:
  std::shared_ptr<NiceMock<MockConnection>> mock_ = std::make_shared<NiceMock<MockConnection>>();
  const Client client_{mock_};
};

TEST_F(ClientTest, CheckOverloadSendsTheQuestion) {
  v1::CheckAuthorizationRequest sent;
  mock_->Answer<v1::CheckAuthorizationRequest, v1::CheckAuthorizationResponse>([&](const auto& request) {
    sent = request;
    v1::CheckAuthorizationResponse response;
    response.set_verdict(v1::VERDICT_AUTHORIZED);
    return response;
  });
  v1::Date date;
  date.set_year(2023);
  const auto answer = client_.Check("93500155MA5TEXT11L", "indications/a", date);
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_EQ(answer->verdict(), v1::VERDICT_AUTHORIZED);
  EXPECT_EQ(sent.uscc(), "93500155MA5TEXT11L");
  EXPECT_EQ(sent.indication(), "indications/a");
  EXPECT_EQ(sent.date().year(), 2023);
  ASSERT_TRUE(client_.Check("x", "y").ok());
  EXPECT_FALSE(sent.has_date());
}

TEST_F(ClientTest, MutationsGetANewRequestIdUnlessTheyHaveOne) {
  std::set<std::string> ids;
  mock_->Answer<v1::CreateEntityRequest, v1::MutateEntityResponse>([&](const auto& request) {
    EXPECT_TRUE(ParseUuid(request.request_id()).has_value()) << request.request_id();
    ids.insert(request.request_id());
    return v1::MutateEntityResponse();
  });
  v1::CreateEntityRequest request;
  EXPECT_TRUE(client_.CreateEntity(request).ok());
  EXPECT_TRUE(client_.CreateEntity(request).ok());
  EXPECT_EQ(ids.size(), 2u);
  request.set_request_id("11111111-2222-4333-8444-555555555555");
  EXPECT_TRUE(client_.CreateEntity(request).ok());
  EXPECT_EQ(ids.count("11111111-2222-4333-8444-555555555555"), 1u);
}

TEST_F(ClientTest, ErrorsPassUnchanged) {
  mock_->Answer<v1::GetEntityRequest, v1::GetEntityResponse>([](const v1::GetEntityRequest& request) {
    return MakeError(v1::ERROR_REASON_RESOURCE_NOT_FOUND, {{"name", request.name()}});
  });
  v1::GetEntityRequest request;
  request.set_name("entities/none");
  const auto response = client_.GetEntity(request);
  EXPECT_EQ(GetErrorReason(response.status()), v1::ERROR_REASON_RESOURCE_NOT_FOUND);
  EXPECT_TRUE(absl::IsNotFound(response.status()));
}

TEST_F(ClientTest, OptionsAccompanyEveryCall) {
  EXPECT_CALL(*mock_, Call(_, _, _, testing::Field(&CallOptions::user, "u7"))).WillOnce(Return(absl::OkStatus()));
  EXPECT_TRUE(client_.With({.user = "u7"}).GetDivision({}).ok());
}

// Every method reaches the RPC of its name.
TEST_F(ClientTest, MethodNames) {
  std::vector<std::string> called;
  ON_CALL(*mock_, Call).WillByDefault([&](absl::string_view method, const auto& request, auto*, const CallOptions&) {
    called.emplace_back(method);
    const auto* service_method = google::protobuf::DescriptorPool::generated_pool()->FindMethodByName(
        std::string(method).replace(method.find('/'), 1, "."));
    if (service_method == nullptr) return absl::InternalError("no such method");
    EXPECT_EQ(service_method->input_type(), request.GetDescriptor()) << method;
    return absl::OkStatus();
  });
  (void)client_.Check({});
  (void)client_.CreateDivision({}), (void)client_.GetDivision({}), (void)client_.ListDivisions({});
  (void)client_.CorrectDivision({}), (void)client_.ResolveDivision({});
  (void)client_.CreateEntity({}), (void)client_.GetEntity({}), (void)client_.ListEntities({});
  (void)client_.CorrectEntity({}), (void)client_.RecordEntityEvent({});
  (void)client_.CreateIndication({}), (void)client_.GetIndication({}), (void)client_.ListIndications({});
  (void)client_.CorrectIndication({}), (void)client_.RecordIndicationEvent({});
  (void)client_.CreateAuthorization({}), (void)client_.GetAuthorization({}), (void)client_.ListAuthorizations({});
  (void)client_.CorrectAuthorization({}), (void)client_.GrantAuthorization({}), (void)client_.SuspendAuthorization({});
  (void)client_.ReinstateAuthorization({}), (void)client_.RemoveAuthorization({});
  (void)client_.AnnulAuthorizationEvent({});
  (void)client_.CreateLawBook({}), (void)client_.GetLawBook({}), (void)client_.ListLawBooks({});
  (void)client_.CorrectLawBook({});
  (void)client_.CreateApplication({}), (void)client_.GetApplication({}), (void)client_.ListApplications({});
  (void)client_.CorrectApplication({}), (void)client_.RecordApplicationEvent({}), (void)client_.DivideApplication({});
  (void)client_.ListDeadlines({}), (void)client_.ComputeDeadline({}), (void)client_.ExportDeadlines({});
  (void)client_.ListIndicatorDefinitions({}), (void)client_.QueryIndicators({}), (void)client_.ListIndicatorRows({});
  (void)client_.ExportIndicators({}), (void)client_.WriteProgressReport({});
  (void)client_.CreateIndicatorTarget({}), (void)client_.GetIndicatorTarget({}), (void)client_.ListIndicatorTargets({});
  (void)client_.CorrectIndicatorTarget({});
  (void)client_.CompareSurveys({}), (void)client_.ConvertQuantity({}), (void)client_.FindSimilarProducts({});
  (void)client_.RankCandidates({});
  (void)client_.CreateImport({}), (void)client_.FinishImport({}), (void)client_.GetImport({});
  (void)client_.ListImports({}), (void)client_.ListImportedRows({});
  EXPECT_EQ(std::set<std::string>(called.begin(), called.end()).size(), 56u);
  for (const std::string& method : called) {
    const std::string full_name = std::string(method).replace(method.find('/'), 1, ".");
    const auto* known = google::protobuf::DescriptorPool::generated_pool()->FindMethodByName(full_name);
    ASSERT_NE(known, nullptr) << method;
    // What is taken for a change is not tried again without a request id.
    const bool changes = known->input_type()->FindFieldByName("request_id") != nullptr;
    EXPECT_EQ(KindOf(method) == MethodKind::kWrite, changes) << method;
  }
}

// A list of three pages, the middle one empty.
class PagerTest : public ClientTest {
 protected:
  void SetUp() override {
    mock_->Answer<v1::ListEntitiesRequest, v1::ListEntitiesResponse>(
        [this](const v1::ListEntitiesRequest& request) -> absl::StatusOr<v1::ListEntitiesResponse> {
          tokens_.push_back(request.page_token());
          EXPECT_EQ(request.uscc(), "same query");
          v1::ListEntitiesResponse page;
          if (request.page_token().empty()) {
            page.add_entities()->set_name("entities/a");
            page.add_entities()->set_name("entities/b");
            page.set_next_page_token("t1");
          } else if (request.page_token() == "t1") {
            page.set_next_page_token("t2");
          } else if (fail_) {
            return absl::UnavailableError("gone");
          } else {
            page.add_entities()->set_name("entities/c");
          }
          return page;
        });
    request_.set_uscc("same query");
  }
  v1::ListEntitiesRequest request_;
  std::vector<std::string> tokens_;
  bool fail_ = false;
};

TEST_F(PagerTest, GoesThroughAllPages) {
  std::vector<std::string> names;
  for (absl::StatusOr<v1::Entity>& entity : client_.ListAllEntities(request_)) {
    ASSERT_TRUE(entity.ok());
    names.push_back(entity->name());
  }
  EXPECT_THAT(names, ElementsAre("entities/a", "entities/b", "entities/c"));
  EXPECT_THAT(tokens_, ElementsAre("", "t1", "t2"));
}

TEST_F(PagerTest, BeginsAtTheTokenOfTheRequest) {
  request_.set_page_token("t2");
  int count = 0;
  for (const auto& entity : client_.ListAllEntities(request_)) count += entity.ok() ? 1 : 0;
  EXPECT_EQ(count, 1);
}

TEST_F(PagerTest, AnErrorIsTheLastElement) {
  fail_ = true;
  std::vector<absl::StatusCode> codes;
  for (const auto& entity : client_.ListAllEntities(request_)) codes.push_back(entity.status().code());
  EXPECT_THAT(codes, ElementsAre(absl::StatusCode::kOk, absl::StatusCode::kOk, absl::StatusCode::kUnavailable));
}

TEST_F(PagerTest, AnEmptyListHasNoElements) {
  mock_->Answer<v1::ListDivisionsRequest, v1::ListDivisionsResponse>(
      [](const auto&) { return v1::ListDivisionsResponse(); });
  Pager<v1::Division> pager = client_.ListAllDivisions({});
  EXPECT_TRUE(pager.begin() == pager.end());
}

}  // namespace
}  // namespace gi::client
