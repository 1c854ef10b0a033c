package portable

import (
	"context"
	"encoding/json"
	"time"

	"go.nanomsg.org/mangos/v3"
)

const (
	// workOff is how long a stopped sink may take for what it has received already.
	workOff = 3 * time.Second
	// ackDeadline: a host that requires no acks may not read them.
	ackDeadline = 50 * time.Millisecond
)

type sinkRun struct {
	sink    Sink
	data    mangos.Socket
	acks    mangos.Socket
	ctx     StreamContext
	cancel  context.CancelFunc
	stopped chan struct{}
	ended   chan struct{}
}

func startSink(c *control, sink Sink) (instance, error) {
	if err := sink.Configure(c.Config); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(context.Background())
	run := &sinkRun{sink: sink, ctx: streamContext{ctx, c.Meta}, cancel: cancel}
	if err := run.open(c.Meta.channel()); err != nil {
		cancel()
		return nil, err
	}
	run.stopped, run.ended = make(chan struct{}), make(chan struct{})
	go run.run()
	return run, nil
}

// open leaves nothing open when it fails.
func (s *sinkRun) open(channel string) (err error) {
	if err = s.sink.Open(s.ctx); err != nil {
		return err
	}
	if s.data, err = listenPull(channel); err != nil {
		_ = s.sink.Close(s.ctx)
		return err
	}
	if s.acks, err = dialPush(channel+"_ack", ackDeadline); err != nil {
		_ = s.data.Close()
		_ = s.sink.Close(s.ctx)
	}
	return err
}

func (s *sinkRun) run() {
	defer close(s.ended)
	defer s.close()
	for {
		payload, err := s.data.Recv()
		switch err {
		case nil:
			s.collect(payload)
		case mangos.ErrRecvTimeout:
			select {
			case <-s.stopped:
				return
			default:
			}
		default:
			s.ctx.GetLogger().Errorf("cannot receive: %s", err)
			return
		}
	}
}

func (s *sinkRun) collect(payload []byte) {
	ack := map[string]string{}
	if err := guarded(func() error { return s.sink.Collect(s.ctx, payload) }); err != nil {
		s.ctx.GetLogger().Errorf("%s", err)
		ack["error"] = err.Error()
	}
	if s.acks == nil {
		return
	}
	frame, _ := json.Marshal(ack)
	if s.acks.Send(frame) == mangos.ErrSendTimeout {
		s.ctx.GetLogger().Warnf("the host does not read the acks: no more are sent")
		_ = s.acks.Close()
		s.acks = nil
	}
}

func (s *sinkRun) close() {
	s.cancel()
	if err := guarded(func() error { return s.sink.Close(s.ctx) }); err != nil {
		s.ctx.GetLogger().Errorf("close: %s", err)
	}
	time.Sleep(flush)
	_ = s.data.Close()
	if s.acks != nil {
		_ = s.acks.Close()
	}
}

func (s *sinkRun) stop() {
	close(s.stopped)
	select {
	case <-s.ended:
	case <-time.After(workOff):
	}
}
