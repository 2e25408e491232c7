// check, get, list, resolve, and what all commands share.
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "tests/client/gictl_fixture.h"

namespace gi::client::gictl {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

class CheckTest : public GictlTest {
 protected:
  void SetUp() override {
    mock_.Answer<v1::CheckAuthorizationRequest, v1::CheckAuthorizationResponse>([this](const auto& request) {
      request_ = request;
      return answer_;
    });
    answer_.mutable_read_point()->set_revision(12);
    *answer_.mutable_date() = DateOf("2023-05-01");
  }
  v1::ReasonDetail& Answer(v1::Verdict verdict, v1::DecisionReason reason) {
    answer_.set_verdict(verdict);
    answer_.clear_reasons();
    answer_.add_reasons()->set_reason(reason);
    return *answer_.mutable_reasons(0);
  }
  v1::CheckAuthorizationRequest request_;
  v1::CheckAuthorizationResponse answer_;
};

TEST_F(CheckTest, ExitCodeIsTheVerdict) {
  Answer(v1::VERDICT_AUTHORIZED, v1::DECISION_REASON_AUTHORIZED);
  EXPECT_EQ(Run({"check", "93500155MA5TEXT11L", "indications/a"}), 0);
  Answer(v1::VERDICT_NOT_AUTHORIZED, v1::DECISION_REASON_NO_RECORD);
  EXPECT_EQ(Run({"check", "93500155MA5TEXT11L", "indications/a"}), 1);
  Answer(v1::VERDICT_UNDECIDED, v1::DECISION_REASON_AMBIGUOUS);
  EXPECT_EQ(Run({"check", "93500155MA5TEXT11L", "indications/a"}), 2);
  Answer(static_cast<v1::Verdict>(77), static_cast<v1::DecisionReason>(77));
  EXPECT_EQ(Run({"check", "93500155MA5TEXT11L", "indications/a"}), 2);
}

TEST_F(CheckTest, FlagsReachTheRequest) {
  Run({"check", "entities/e1", "AGI01459", "--goods=g1", "--class=31", "--variety=平顶柚", "--place=500155",
       "--name=示例社", "--date=2023-05-01", "--at-revision=7"});
  EXPECT_EQ(request_.entity(), "entities/e1");
  EXPECT_EQ(request_.indication(), "AGI01459");
  EXPECT_EQ(request_.goods(), "g1");
  EXPECT_EQ(request_.nice_class(), 31);
  EXPECT_EQ(request_.variety(), "平顶柚");
  EXPECT_EQ(request_.place(), "500155");
  EXPECT_EQ(request_.entity_name(), "示例社");
  EXPECT_EQ(request_.date().day(), 1);
  EXPECT_EQ(request_.read_at().exact_revision(), 7);
  EXPECT_EQ(request_.view(), v1::CHECK_VIEW_FULL);
  Run({"check", "93500155MA5TEXT11L", "x", "--output=json"});
  EXPECT_EQ(request_.uscc(), "93500155MA5TEXT11L");
  EXPECT_FALSE(request_.has_date());
  EXPECT_EQ(request_.view(), v1::CHECK_VIEW_VERDICT);
}

TEST_F(CheckTest, TextNamesVerdictReasonsBasisValidityAndRevision) {
  v1::ReasonDetail& reason = Answer(v1::VERDICT_NOT_AUTHORIZED, v1::DECISION_REASON_OUT_OF_SCOPE);
  reason.add_dimensions(v1::SCOPE_DIMENSION_AREA);
  reason.set_authorization("authorizations/g1");
  reason.set_text_zh("不在产地范围内。");
  reason.set_text_en("Not from this area.");
  reason.add_legal_basis()->set_source("某规定");
  *answer_.mutable_validity()->mutable_from() = DateOf("2021-03-01");
  EXPECT_EQ(Run({"check", "93500155MA5TEXT11L", "indications/a", "--lang=zh"}), 1);
  EXPECT_THAT(out_, HasSubstr("未授权：93500155MA5TEXT11L → indications/a，2023-05-01\n"));
  EXPECT_THAT(out_, HasSubstr("- 超出授权范围  authorizations/g1  产地\n    不在产地范围内。\n"));
  EXPECT_THAT(out_, HasSubstr("依据：某规定（未与公布文本核对）\n"));
  EXPECT_THAT(out_, HasSubstr("此结论适用于：2021-03-01 – …\n登记簿版本 12\n"));
  EXPECT_THAT(out_, Not(HasSubstr("Not from this area")));
  Run({"check", "93500155MA5TEXT11L", "indications/a", "--lang=en"});
  EXPECT_THAT(out_, HasSubstr("not authorized: "));
  EXPECT_THAT(out_, HasSubstr("Not from this area."));
  EXPECT_THAT(out_, HasSubstr("revision 12"));
}

TEST_F(CheckTest, AmbiguousTitlesAreListed) {
  Answer(v1::VERDICT_UNDECIDED, v1::DECISION_REASON_AMBIGUOUS);
  answer_.add_candidates()->set_indication("indications/a");
  answer_.add_candidates()->set_indication("indications/b");
  EXPECT_EQ(Run({"check", "93500155MA5TEXT11L", "577"}), 2);
  EXPECT_THAT(out_, HasSubstr("candidate: indications/a\n  candidate: indications/b\n"));
}

TEST_F(CheckTest, JsonIsTheResponse) {
  Answer(v1::VERDICT_AUTHORIZED, v1::DECISION_REASON_AUTHORIZED);
  EXPECT_EQ(Run({"--output=json", "check", "93500155MA5TEXT11L", "indications/a"}), 0);
  EXPECT_THAT(out_, HasSubstr("\"verdict\": \"VERDICT_AUTHORIZED\""));
}

TEST_F(GictlTest, WrongCommandLinesAreUsageErrorsAndSendNothing) {
  EXPECT_CALL(mock_, Call).Times(0);
  const std::vector<std::vector<std::string>> wrong = {
      {},
      {"fly"},
      {"check"},
      {"check", "x"},
      {"check", "x", "y", "--date=2023-02-30"},
      {"check", "x", "y", "--class=many"},
      {"get", "e1"},
      {"get", "divisions/500155", "--date=2023-01-01"},
      {"list", "things"},
      {"list", "entities", "--kind=agi"},
      {"list", "indications", "--kind=cheese"},
      {"--output=xml", "get", "entities/e"},
      {"get", "entities/e", "--timeout=soon"},
      {"get", "entities/e", "--timeout=-1s"},
      {"get", "entities/e", "--at-revision=1", "--at-date=2023-01-01"},
      {"get", "entities/e", "--at-time=yesterday"},
      {"get", "entities/e", "--cert=/nowhere"},
      {"load", "/nowhere/x.jsonl"},
      {"create", "indication"},
      {"create", "entity", "--file=/nowhere"},
      {"record", "authorizations/a", "--kind=x"},
      {"grant", "entities/a", "--from=2023-01-01"},
      {"remove", "authorizations/a", "--from=2023-01-01"},
  };
  for (const std::vector<std::string>& args : wrong) {
    EXPECT_EQ(Run(args), 3) << testing::PrintToString(args);
    EXPECT_FALSE(err_.empty()) << testing::PrintToString(args);
    EXPECT_TRUE(out_.empty()) << out_;
  }
}

TEST_F(GictlTest, HelpIsNoError) {
  EXPECT_EQ(Run({"--help"}), 0);
  EXPECT_THAT(out_, HasSubstr("load"));
  EXPECT_EQ(Run({"check", "--help"}), 0);
  EXPECT_THAT(out_, HasSubstr("--variety"));
}

TEST_F(GictlTest, OutputThatCannotBeWritten) {
  ON_CALL(mock_, Call).WillByDefault(testing::Return(absl::OkStatus()));
  std::ofstream full("/dev/full");
  std::ostringstream err;
  std::istringstream in;
  EXPECT_EQ(RunGictl({"list", "entities"}, mock_, full, err, in), kUsageError);
  EXPECT_THAT(err.str(), HasSubstr("cannot write to standard output"));
}

TEST_F(GictlTest, ErrorsOfTheServer) {
  absl::Status error;
  mock_.Answer<v1::GetEntityRequest, v1::GetEntityResponse>([&](const auto&) { return error; });
  error = MakeError(v1::ERROR_REASON_RESOURCE_NOT_FOUND, {{"name", "entities/e1"}});
  EXPECT_EQ(Run({"get", "entities/e1", "--lang=zh"}), 4);
  EXPECT_EQ(err_, "gictl: RESOURCE_NOT_FOUND: " +
                      ErrorText(v1::ERROR_REASON_RESOURCE_NOT_FOUND, {{"name", "entities/e1"}}, Language::kChinese) +
                      "\n");
  EXPECT_EQ(out_, "");

  // Programs get it on standard output.
  EXPECT_EQ(Run({"--output", "json", "get", "entities/e1"}), kRefused);
  EXPECT_THAT(out_, testing::AllOf(HasSubstr("\"reason\": \"RESOURCE_NOT_FOUND\""), HasSubstr("\"exitCode\": 4"),
                                   HasSubstr("messageZh")));
  EXPECT_EQ(Run({"--output", "json", "get", "nothing/e1"}), kUsageError);
  EXPECT_THAT(out_, HasSubstr("\"reason\": \"USAGE\""));

  FieldViolations violations;
  violations.Add("name", v1::ERROR_REASON_FIELD_REQUIRED);
  error = violations.ToStatus();
  EXPECT_EQ(Run({"get", "entities/e1", "--lang=en"}), 4);
  EXPECT_THAT(err_, HasSubstr(violations.all()[0].message_en() + "\n"));
  violations.Add("date", v1::ERROR_REASON_FIELD_REQUIRED);
  error = violations.ToStatus();
  EXPECT_EQ(Run({"get", "entities/e1", "--lang=en"}), 4);
  EXPECT_THAT(err_, HasSubstr("\n  " + violations.all()[1].message_en() + "\n"));
  error = absl::UnavailableError("connection refused");
  EXPECT_EQ(Run({"get", "entities/e1"}), 5);
  EXPECT_THAT(err_, HasSubstr("UNAVAILABLE: connection refused"));
  error = absl::DeadlineExceededError("");
  EXPECT_EQ(Run({"get", "entities/e1"}), 5);
}

TEST_F(GictlTest, GlobalFlagsAndEnvironment) {
  CallOptions options;
  ON_CALL(mock_, Call).WillByDefault([&](absl::string_view, const auto&, auto*, const CallOptions& given) {
    options = given;
    return absl::OkStatus();
  });
  EXPECT_EQ(
      Run({"get", "entities/e1", "--user=u1", "--case-id=c1", "--on-behalf-of=b1", "--timeout=1500ms", "--lang=zh"}),
      0);
  EXPECT_EQ(options.user, "u1");
  EXPECT_EQ(options.case_id, "c1");
  EXPECT_EQ(options.on_behalf_of, "b1");
  EXPECT_EQ(options.timeout, absl::Milliseconds(1500));
  EXPECT_EQ(options.language, "zh-CN");

  ConnectionOptions connection_options;
  std::ostringstream out, err;
  std::istringstream in;
  const auto connect = [&](const ConnectionOptions& given) {
    connection_options = given;
    return std::shared_ptr<Connection>(std::shared_ptr<void>(), &mock_);
  };
  const auto getenv = [](const char* name) -> std::string {
    return std::string(name) == "LANG" ? "zh_CN.UTF-8" : std::string(name) == "GICTL_SERVER" ? "example:1" : "";
  };
  EXPECT_EQ(RunGictl({"get", "entities/e1", "--timeout=2"}, {connect, getenv, out, err, in}), 0);
  EXPECT_EQ(connection_options.channel.target, "example:1");
  EXPECT_EQ(options.language, "zh-CN");
  EXPECT_EQ(options.timeout, absl::Seconds(2));
  EXPECT_EQ(RunGictl({"--server=other:2", "get", "entities/e1"}, {connect, getenv, out, err, in}), 0);
  EXPECT_EQ(connection_options.channel.target, "other:2");
}

TEST_F(GictlTest, GetShowsTheResourceAtTheAskedPoint) {
  v1::GetIndicationRequest sent;
  mock_.Answer<v1::GetIndicationRequest, v1::GetIndicationResponse>([&](const v1::GetIndicationRequest& request) {
    sent = request;
    v1::GetIndicationResponse response;
    v1::Indication& title = *response.mutable_indication();
    title.set_display_name("示例柚");
    title.set_state(v1::TITLE_STATE_IN_GRACE);
    v1::TitleEvent& event = *title.add_events();
    event.set_kind(v1::TITLE_EVENT_KIND_REGISTERED);
    *event.mutable_effective_from() = DateOf("2013-05-01");
    response.mutable_read_point()->set_revision(9);
    return response;
  });
  EXPECT_EQ(Run({"get", "indications/i1", "--lang=zh", "--date=2023-05-02", "--at-time=2024-01-01T08:00:00"}), 0);
  EXPECT_EQ(sent.name(), "indications/i1");
  EXPECT_EQ(sent.date().day(), 2);
  EXPECT_EQ(sent.read_at().record_time().seconds(), 1704067200);  // midnight in UTC is 8 o'clock in Shanghai
  EXPECT_EQ(out_, "名称: 示例柚\n事件 1:\n  类型: 注册或认定\n  生效日: 2013-05-01\n状态: 宽展期\n登记簿版本 9\n");
}

class ListTest : public GictlTest {
 protected:
  void SetUp() override {
    mock_.Answer<v1::ListEntitiesRequest, v1::ListEntitiesResponse>([this](const v1::ListEntitiesRequest& request) {
      tokens_.push_back(request.page_token());
      v1::ListEntitiesResponse page;
      v1::Entity& entity = *page.add_entities();
      const bool first = request.page_token().empty();
      entity.set_name(first ? "entities/a" : "entities/long-name");
      entity.set_effective_name(first ? "示例柚子合作社" : "Ltd.");
      entity.set_state(v1::ENTITY_STATE_ACTIVE);
      if (first) page.set_next_page_token("t2");
      page.mutable_read_point()->set_revision(3);
      return page;
    });
  }
  std::vector<std::string> tokens_;
};

TEST_F(ListTest, OnePage) {
  EXPECT_EQ(Run({"list", "entities"}), 0);
  EXPECT_THAT(tokens_, ElementsAre(""));
  EXPECT_THAT(out_, HasSubstr("more: --page-token=t2\n"));
}

TEST_F(ListTest, AllPagesLineUp) {
  EXPECT_EQ(Run({"list", "entities", "--all"}), 0);
  EXPECT_THAT(tokens_, ElementsAre("", "t2"));
  EXPECT_EQ(out_,
            "name                uscc  effective name  state\n"
            "entities/a                示例柚子合作社  active\n"
            "entities/long-name        Ltd.            active\n"
            "2 rows; revision 3\n");
}

TEST_F(ListTest, AllPagesAsOneJsonObject) {
  EXPECT_EQ(Run({"list", "entities", "--all", "--output=json"}), 0);
  EXPECT_THAT(out_, HasSubstr("entities/a"));
  EXPECT_THAT(out_, HasSubstr("entities/long-name"));
  EXPECT_THAT(out_, Not(HasSubstr("nextPageToken")));
}

TEST_F(GictlTest, ListFiltersReachTheRequest) {
  v1::ListDivisionsRequest sent;
  mock_.Answer<v1::ListDivisionsRequest, v1::ListDivisionsResponse>([&](const auto& request) {
    sent = request;
    return v1::ListDivisionsResponse();
  });
  EXPECT_EQ(Run({"list", "divisions", "--prefix=500155", "--level=township", "--current", "--page-size=5"}), 0);
  EXPECT_EQ(sent.code_prefix(), "500155");
  EXPECT_EQ(sent.level(), v1::DIVISION_LEVEL_TOWNSHIP);
  EXPECT_TRUE(sent.current_only());
  EXPECT_EQ(sent.page_size(), 5);
}

TEST_F(GictlTest, ResolveShowsWhereTheCodeLeads) {
  mock_.Answer<v1::ResolveDivisionRequest, v1::ResolveDivisionResponse>([](const v1::ResolveDivisionRequest& request) {
    v1::ResolveDivisionResponse response;
    if (request.code() == "512224") {
      response.add_codes("500155");
      response.add_path("512224");
      response.add_path("500155");
    }
    return response;
  });
  EXPECT_EQ(Run({"resolve", "512224"}), 0);
  EXPECT_THAT(out_, HasSubstr("512224, 500155"));
  EXPECT_EQ(Run({"resolve", "999999"}), 4);
}

}  // namespace
}  // namespace gi::client::gictl
