package portable

import (
	"fmt"
	"os"
	"time"

	"go.nanomsg.org/mangos/v3"
	"go.nanomsg.org/mangos/v3/protocol/pull"
	"go.nanomsg.org/mangos/v3/protocol/push"
	"go.nanomsg.org/mangos/v3/protocol/req"
	_ "go.nanomsg.org/mangos/v3/transport/ipc" // registers ipc://
)

const (
	// keepalive is after how long a channel without work says that it lives.
	keepalive = 5 * time.Second
	// sendDeadline: whoever waits for a reader looks at times whether that is still wanted.
	sendDeadline = time.Second
	// poll is how long a sink waits for a value before it looks whether it was stopped.
	poll = 200 * time.Millisecond
	// flush: a closed socket throws away what it has not written yet.
	flush = 50 * time.Millisecond
)

func dialRequest(name string) (mangos.Socket, error) {
	return dial(req.NewSocket, name, map[string]any{
		// The same request again would be taken for a new answer.
		mangos.OptionRetryTime:    time.Duration(0),
		mangos.OptionRecvDeadline: keepalive,
		mangos.OptionMaxRecvSize:  0,
	})
}

func dialPush(name string, deadline time.Duration) (mangos.Socket, error) {
	return dial(push.NewSocket, name, map[string]any{mangos.OptionSendDeadline: deadline})
}

func listenPull(name string) (mangos.Socket, error) {
	sock, err := open(pull.NewSocket, map[string]any{
		mangos.OptionRecvDeadline: poll,
		mangos.OptionMaxRecvSize:  0,
	})
	if err != nil {
		return nil, err
	}
	if err := sock.Listen(address(name)); err != nil {
		_ = sock.Close()
		return nil, fmt.Errorf("cannot listen on %s: %w", address(name), err)
	}
	return sock, nil
}

func address(name string) string { return "ipc:///tmp/" + name + ".ipc" }

// dial tries once: the host listens before it asks.
func dial(create func() (mangos.Socket, error), name string, options map[string]any) (mangos.Socket, error) {
	sock, err := open(create, options)
	if err != nil {
		return nil, err
	}
	if err := sock.DialOptions(address(name), map[string]any{mangos.OptionDialAsynch: false}); err != nil {
		_ = sock.Close()
		return nil, fmt.Errorf("cannot dial %s: %w", address(name), err)
	}
	return sock, nil
}

func open(create func() (mangos.Socket, error), options map[string]any) (mangos.Socket, error) {
	sock, err := create()
	if err != nil {
		return nil, err
	}
	for option, value := range options {
		if err := sock.SetOption(option, value); err != nil {
			return nil, fmt.Errorf("option %s: %w", option, err)
		}
	}
	return sock, nil
}

// exitWithPeer: without its host a plugin would go on for ever.
func exitWithPeer(sock mangos.Socket) {
	sock.SetPipeEventHook(func(event mangos.PipeEvent, _ mangos.Pipe) {
		if event == mangos.PipeEventDetached {
			os.Exit(1)
		}
	})
}

// converse runs a channel whose roles are inverted: what is sent answers what was received before.
func converse(sock mangos.Socket, answer func([]byte) []byte) error {
	out := []byte("handshake")
	for {
		if err := sock.Send(out); err != nil {
			return fmt.Errorf("cannot send: %w", err)
		}
		switch in, err := sock.Recv(); err {
		case nil:
			out = answer(in)
		case mangos.ErrRecvTimeout, mangos.ErrProtoState:
			out = []byte("handshake")
		default:
			return fmt.Errorf("cannot receive: %w", err)
		}
	}
}
