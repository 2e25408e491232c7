// Work for the queue's thread: run there, once, in order; told when the queue is gone.
#include "server/rpc/event_queue.h"

#include <atomic>
#include <future>
#include <memory>
#include <thread>
#include <vector>

#include "grpcpp/server_builder.h"
#include "gtest/gtest.h"

namespace gi::rpc {
namespace {

class EventQueueTest : public testing::Test {
 protected:
  EventQueueTest() {
    grpc::ServerBuilder builder;
    queue_ = std::make_shared<EventQueue>(builder.AddCompletionQueue());
    server_ = builder.BuildAndStart();
  }
  ~EventQueueTest() override {
    server_->Shutdown();
    queue_->Stop();
  }

  std::shared_ptr<EventQueue> queue_;
  std::unique_ptr<grpc::Server> server_;
};

TEST_F(EventQueueTest, WorkOfAllThreadsRunsOnOneInOrder) {
  constexpr int kThreads = 4, kEach = 2000;
  queue_->Start(/*first=*/true);
  // Only the queue's thread touches these.
  std::vector<int> last(kThreads, -1);
  std::thread::id where;
  int run = 0, out_of_order = 0, elsewhere = 0;
  std::promise<void> all;
  std::vector<std::thread> threads;
  for (int thread = 0; thread < kThreads; ++thread) {
    threads.emplace_back([&, thread] {
      for (int i = 0; i < kEach; ++i) {
        queue_->Run([&, thread, i](bool alive) {
          EXPECT_TRUE(alive);
          if (run == 0) where = std::this_thread::get_id();
          elsewhere += where == std::this_thread::get_id() ? 0 : 1;
          out_of_order += last[static_cast<size_t>(thread)] == i - 1 ? 0 : 1;
          last[static_cast<size_t>(thread)] = i;
          if (++run == kThreads * kEach) all.set_value();
        });
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  all.get_future().wait();
  EXPECT_EQ(out_of_order, 0);
  EXPECT_EQ(elsewhere, 0);
}

TEST_F(EventQueueTest, OnItsOwnThreadWorkRunsAtOnce) {
  queue_->Start(/*first=*/false);
  std::promise<bool> at_once;
  queue_->Run([&](bool) {
    bool inner = false;
    queue_->Run([&](bool alive) { inner = alive; });
    at_once.set_value(inner);
  });
  EXPECT_TRUE(at_once.get_future().get());
}

TEST_F(EventQueueTest, WhatCameBeforeTheStopRunsAndWhatComesAfterIsTold) {
  queue_->Start(/*first=*/false);
  std::atomic<int> alive_count = 0, dead_count = 0;
  std::atomic<bool> done = false;
  std::thread other([&] {
    while (!done) queue_->Run([&](bool alive) { ++(alive ? alive_count : dead_count); });
  });
  int before = 0;
  for (; before < 1000; ++before) queue_->Run([&](bool alive) { ++(alive ? alive_count : dead_count); });
  server_->Shutdown();
  queue_->Stop();
  EXPECT_GE(alive_count, before);
  const int ran = alive_count;
  bool told = true;
  queue_->Run([&](bool alive) { told = alive; });
  EXPECT_FALSE(told);
  done = true;
  other.join();
  EXPECT_EQ(alive_count, ran);
}

TEST_F(EventQueueTest, OneThatNeverStartedTellsToo) {
  int told = 0;
  queue_->Run([&](bool alive) { told += alive ? 100 : 1; });
  server_->Shutdown();
  queue_->Stop();
  EXPECT_EQ(told, 1);
}

}  // namespace
}  // namespace gi::rpc
