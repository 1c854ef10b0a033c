package portable

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log"

	"go.nanomsg.org/mangos/v3"
)

type functionRun struct {
	function Function
	sock     mangos.Socket
}

func startFunction(symbol string, function Function) (instance, error) {
	sock, err := dialRequest("func_" + symbol)
	if err != nil {
		return nil, err
	}
	run := &functionRun{function, sock}
	go func() {
		if err := converse(sock, run.answer); !errors.Is(err, mangos.ErrClosed) {
			log.Printf("function %s: %s", symbol, err)
		}
	}()
	return run, nil
}

func (f *functionRun) stop() { _ = f.sock.Close() }

type call struct {
	Func string `json:"func"`
	Arg  []any  `json:"arg"`
}

type reply struct {
	State  bool `json:"state"`
	Result any  `json:"result"`
}

func (f *functionRun) answer(frame []byte) []byte {
	var made call
	var answer reply
	err := json.Unmarshal(frame, &made)
	if err == nil {
		err = guarded(func() (err error) { answer, err = f.make(made); return err })
	}
	if err != nil {
		answer = reply{false, err.Error()}
	}
	// An error as a result would become {}.
	if failure, ok := answer.Result.(error); ok {
		answer.Result = failure.Error()
	}
	body, err := json.Marshal(answer)
	if err != nil {
		body, _ = json.Marshal(reply{false, fmt.Sprintf("the result has no JSON: %s", err)})
	}
	return body
}

func (f *functionRun) make(c call) (reply, error) {
	switch c.Func {
	case "IsAggregate":
		return reply{true, f.function.IsAggregate()}, nil
	case "Validate":
		return reply{true, ""}, f.function.Validate(c.Arg)
	case "Exec":
		ctx, args, err := contextOf(c.Arg)
		if err != nil {
			return reply{}, err
		}
		result, ok := f.function.Exec(args, ctx)
		return reply{ok, result}, nil
	default:
		return reply{}, fmt.Errorf("unknown call %q", c.Func)
	}
}

// contextOf: the last argument tells who calls, as JSON in a string.
func contextOf(args []any) (FunctionContext, []any, error) {
	if len(args) == 0 {
		return nil, nil, errors.New("a call without its context")
	}
	last := len(args) - 1
	text, _ := args[last].(string)
	var m meta
	if err := json.Unmarshal([]byte(text), &m); err != nil {
		return nil, nil, fmt.Errorf("the context of a call: %w", err)
	}
	return streamContext{context.Background(), m}, args[:last], nil
}
