package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"

	"plugin.local/__symbol__/portable"
)

// lines appends each value to the file path, as a line of JSON.
type lines struct {
	path string
	file *os.File
}

func (l *lines) Configure(props map[string]any) error {
	l.path, _ = props["path"].(string)
	if l.path == "" {
		return errors.New("lines: path is missing: name the file to write")
	}
	return nil
}

func (l *lines) Open(portable.StreamContext) (err error) {
	l.file, err = os.OpenFile(l.path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	return err
}

func (l *lines) Collect(_ portable.StreamContext, data any) error {
	payload, _ := data.([]byte)
	// eKuiper sends arrays unless a rule says sendSingle.
	values := []json.RawMessage{payload}
	if bytes.HasPrefix(payload, []byte("[")) {
		if err := json.Unmarshal(payload, &values); err != nil {
			return fmt.Errorf("lines: %w", err)
		}
	}
	var text bytes.Buffer
	for _, value := range values {
		if err := json.Compact(&text, value); err != nil {
			return fmt.Errorf("lines: %w", err)
		}
		text.WriteByte('\n')
	}
	_, err := l.file.Write(text.Bytes())
	return err
}

func (l *lines) Close(portable.StreamContext) error { return l.file.Close() }
