package portable

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"go.nanomsg.org/mangos/v3"
)

type sourceRun struct {
	source Source
	sock   mangos.Socket
	ctx    StreamContext
	cancel context.CancelFunc
	ended  chan struct{}
}

func startSource(c *control, source Source) (instance, error) {
	if err := source.Configure(c.dataSource(), c.Config); err != nil {
		return nil, err
	}
	sock, err := dialPush(c.Meta.channel(), sendDeadline)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(context.Background())
	run := &sourceRun{source, sock, streamContext{ctx, c.Meta}, cancel, make(chan struct{})}
	go run.run()
	return run, nil
}

// run goes on when Open returns: an error or a stop ends a source. The end of the connection tells the host.
func (s *sourceRun) run() {
	defer close(s.ended)
	defer s.sock.Close()
	tuples, failed := make(chan SourceTuple), make(chan error)
	go func() {
		if err := guarded(func() error { s.source.Open(s.ctx, tuples, failed); return nil }); err != nil {
			select {
			case failed <- err:
			case <-s.ctx.Done():
			}
		}
	}()
	for {
		select {
		case t := <-tuples:
			s.send(map[string]any{"message": t.Message(), "meta": t.Meta()})
		case err := <-failed:
			s.send(map[string]any{"error": err.Error()})
			s.close()
			return
		case <-s.ctx.Done():
			s.close()
			return
		}
	}
}

func (s *sourceRun) close() {
	s.cancel()
	if err := guarded(func() error { return s.source.Close(s.ctx) }); err != nil {
		s.ctx.GetLogger().Errorf("close: %s", err)
	}
	time.Sleep(flush)
}

// send waits for a slow reader until the source is stopped: nothing is dropped.
func (s *sourceRun) send(value any) {
	frame, err := json.Marshal(value)
	if err != nil {
		frame, _ = json.Marshal(map[string]string{"error": fmt.Sprintf("a value has no JSON: %s", err)})
	}
	for s.sock.Send(frame) == mangos.ErrSendTimeout && s.ctx.Err() == nil {
	}
}

func (s *sourceRun) stop() {
	s.cancel()
	<-s.ended
}
